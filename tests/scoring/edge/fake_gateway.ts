import { signSetting } from "../../../scoring/bundle/mod.ts";
import type { Incident } from "../../../scoring/incident/mod.ts";
import type { DeviceEffects } from "../../../scoring/pipeline/mod.ts";
import {
  type AssignmentsDocument,
  type GatewayClient,
  GatewayError,
  SYNC_GAP,
  type SyncAnswer,
  type SyncRequest,
} from "../../../scoring/edge/mod.ts";
import { SETTING, TENANT, type World } from "./world.ts";

/** A gateway in memory that keeps the protocol, and can be away or lose its answers. */
export class FakeGateway implements GatewayClient {
  document: AssignmentsDocument;
  readonly bundles = new Map<string, Uint8Array>();
  readonly items: DeviceEffects[] = [];
  commands: Incident[] = [];
  readonly epochs: string[] = [];
  ackSeq = 0;
  isAway = false;
  losesAnswers = 0;

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

  sync({ epoch, firstSeq, items }: SyncRequest): Promise<SyncAnswer> {
    if (this.isAway) return Promise.reject(away());
    if (epoch !== this.epochs.at(-1)) {
      this.epochs.push(epoch);
      this.ackSeq = 0;
    }
    if (firstSeq > this.ackSeq + 1) {
      return Promise.reject(new GatewayError("gap", 409, SYNC_GAP, this.ackSeq + 1));
    }
    this.items.push(...items.slice(this.ackSeq + 1 - firstSeq));
    this.ackSeq = Math.max(this.ackSeq, firstSeq + items.length - 1);
    if (this.losesAnswers > 0) {
      this.losesAnswers--;
      return Promise.reject(away());
    }
    return Promise.resolve({ ackSeq: this.ackSeq, commands: this.commands });
  }
}

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
