import { signSetting } from "../../../scoring/bundle/mod.ts";
import type { Incident } from "../../../scoring/incident/mod.ts";
import type { DeviceEffects } from "../../../scoring/pipeline/mod.ts";
import {
  type AssignmentsDocument,
  type EdgeReport,
  type GatewayChange,
  type GatewayClient,
  GatewayError,
  type StreamNews,
  SYNC_GAP,
  type SyncAnswer,
  type SyncItem,
  type SyncRequest,
} from "../../../scoring/edge/mod.ts";
import { SETTING, TENANT, type World } from "./world.ts";

/** A gateway in memory that keeps the protocol, and can be away or lose its answers. */
export class FakeGateway implements GatewayClient {
  document: AssignmentsDocument;
  readonly bundles = new Map<string, Uint8Array>();
  readonly items: SyncItem[] = [];
  commands: Incident[] = [];
  readonly epochs: string[] = [];
  ackSeq = 0;
  isAway = false;
  losesAnswers = 0;
  bytesSent = 0;
  /** Syncs that were answered. */
  syncs = 0;
  /** Has no stream, as a proxy that lets none pass. */
  hasNoStream = false;
  /** Refuses an item of an answer, as a gateway that lacks its device. */
  refuses: (item: DeviceEffects) => boolean = () => false;
  /** Refuses a whole request, as one that cannot be read. */
  rejects: (request: SyncRequest) => boolean = () => false;
  readonly reports: EdgeReport[] = [];
  readonly #listeners = new Set<(change: GatewayChange) => void>();

  constructor(document: AssignmentsDocument) {
    this.document = document;
  }

  assignments(_edgeId: string, etag: string | null) {
    if (this.isAway) return Promise.reject(away());
    const now = JSON.stringify(this.document);
    return Promise.resolve(etag === now ? undefined : { etag: now, document: this.document });
  }

  bundle(modelId: string): Promise<Uint8Array> {
    const bundle = this.bundles.get(modelId);
    if (this.isAway) return Promise.reject(away());
    return bundle === undefined
      ? Promise.reject(new GatewayError("no bundle", 404, "MODEL_UNKNOWN"))
      : Promise.resolve(bundle);
  }

  /** Tells those who listen. */
  tell(change: GatewayChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** How many listen. */
  get listening(): number {
    return this.#listeners.size;
  }

  async *changes(signal: AbortSignal): AsyncGenerator<StreamNews> {
    if (this.isAway || this.hasNoStream) throw away();
    const told: StreamNews[] = ["open"];
    let wake = () => {};
    const listener = (change: GatewayChange) => {
      told.push(change);
      wake();
    };
    signal.addEventListener("abort", () => wake());
    this.#listeners.add(listener);
    try {
      while (!signal.aborted) {
        const change = told.shift();
        if (change !== undefined) yield change;
        else await new Promise<void>((resolve) => wake = resolve);
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }

  sync(request: SyncRequest): Promise<SyncAnswer> {
    const { epoch, firstSeq, items, isAfterGap, report } = request;
    if (this.isAway) return Promise.reject(away());
    if (this.rejects(request)) {
      return Promise.reject(new GatewayError("cannot read it", 422, "INPUT_INVALID"));
    }
    this.bytesSent += JSON.stringify(request).length;
    this.syncs++;
    if (report !== undefined) this.reports.push(report);
    if (epoch !== this.epochs.at(-1)) {
      this.epochs.push(epoch);
      this.ackSeq = 0;
    }
    if (isAfterGap) this.ackSeq = Math.max(this.ackSeq, firstSeq - 1);
    if (firstSeq > this.ackSeq + 1) {
      return Promise.reject(new GatewayError("gap", 409, SYNC_GAP, this.ackSeq + 1));
    }
    const fresh = items.slice(this.ackSeq + 1 - firstSeq);
    this.items.push(...fresh.filter((item) => !this.refuses(item)));
    const refused = items.flatMap((item, index) =>
      this.refuses(item) ? [{ ...REFUSED, seq: firstSeq + index }] : []
    );
    this.ackSeq = Math.max(this.ackSeq, firstSeq + items.length - 1);
    if (this.losesAnswers > 0) {
      this.losesAnswers--;
      return Promise.reject(away());
    }
    return Promise.resolve({ ackSeq: this.ackSeq, refused, commands: this.commands });
  }
}

const REFUSED = { code: "DEVICE_UNKNOWN", field: "deviceId", message: "no such device" };

function away(): GatewayError {
  return new GatewayError("away", 0, "UNREACHABLE");
}

/** One device `pump-7` with the world's model. */
export async function assignedDocument(world: World): Promise<AssignmentsDocument> {
  const { body, signature } = await signSetting(SETTING, world.signer, TENANT);
  return {
    tenantId: TENANT,
    clockMode: "live",
    devices: [{
      deviceId: "id-of-pump-7",
      name: "pump-7",
      latenessMs: 60_000,
      metrics: [{
        name: "cpu",
        metricId: "id-of-cpu",
        category: "RESOURCE",
        minValue: null,
        maxValue: null,
      }],
      assignments: [{
        detectorId: SETTING.detectorId,
        detector: "pumps",
        modelId: world.modelId,
        label: "v20260601_120000",
        setting: body,
        signature: btoa(String.fromCharCode(...signature)),
      }],
    }],
  };
}
