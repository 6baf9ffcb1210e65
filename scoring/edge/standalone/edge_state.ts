import type { EdgeMetrics, EdgeStatus, HealthCheck } from "../http/mod.ts";
import type { Sources } from "../sources/mod.ts";
import { VERSION } from "../version.ts";
import type { StandaloneEdgeOptions } from "./edge_options.ts";
import type { GatewayLink } from "./gateway_link.ts";
import { addModelsGauge } from "./kept_models.ts";
import type { Naming } from "./naming/mod.ts";
import { type EdgeCounts, listDeadLetters, type Outbox, readCounts } from "./outbox/mod.ts";
import type { RefusedModels } from "./refused_models.ts";
import type { SqliteStore } from "./store/mod.ts";
import type { TenantOfFile } from "./tenant_of_file.ts";
import type { OwnReport } from "./told_report.ts";

/** Reasons of refused items that a status tells. */
const REASONS_TOLD = 10;

/** Models that a report tells as refused. */
const REFUSED_MODELS_TOLD = 100;

/** Counts as `/metrics` tells them. */
const COUNTS: readonly (readonly [name: string, help: string, count: keyof EdgeCounts])[] = [
  ["outbox_points_dropped", "Raw points dropped unsent", "pointsDropped"],
  ["outbox_aggregates_dropped", "Sketches dropped unsent", "aggregatesDropped"],
  ["outbox_items_refused", "Items that the gateway refused", "itemsRefused"],
  ["sync_bytes_sent", "Bytes of all syncs", "bytesSent"],
  ["sync_bytes_saved", "Bytes of raw points kept here", "bytesSaved"],
];

/** The parts of an edge of which its state is made. */
export interface EdgeStateParts {
  readonly options: StandaloneEdgeOptions;
  readonly outbox: Outbox;
  readonly store: SqliteStore;
  readonly tenants: TenantOfFile;
  readonly naming: Naming;
  readonly sources: Sources | undefined;
  readonly link: GatewayLink;
  readonly refusedModels: RefusedModels;
}

/** How an edge is: what it reports to its gateway, shows to persons and is watched by. */
export class EdgeState {
  readonly #parts: EdgeStateParts;
  #lastSyncAt: number | undefined;

  constructor(parts: EdgeStateParts) {
    this.#parts = parts;
  }

  /** Whether the gateway has answered a sync since the start. */
  get hasSynced(): boolean {
    return this.#lastSyncAt !== undefined;
  }

  /** The gateway has answered a sync. */
  synced(): void {
    this.#lastSyncAt = this.#parts.options.now();
  }

  report(): OwnReport {
    const { options, outbox, store, naming, refusedModels } = this.#parts;
    const report = {
      version: VERSION,
      forwarding: options.forwarding ?? "all",
      waitingItems: outbox.waitingItems,
      waitingBytes: outbox.waitingBytes,
      refusedModels: refusedModels.list.slice(0, REFUSED_MODELS_TOLD),
      naming: naming.report(),
      ...readCounts(options.database),
    };
    return { report, devices: store.listDevices() };
  }

  async status(): Promise<EdgeStatus> {
    const { options, outbox, store, naming, sources, link, refusedModels } = this.#parts;
    const { database, edgeId, forwarding = "all" } = options;
    const counts = readCounts(database);
    return {
      edgeId,
      refusedModels: refusedModels.list,
      storage: {
        isDurable: database.isDurable,
        bytes: database.bytesTaken(),
        bytesMax: store.room.shares.bytesMax,
        isFull: store.room.isFull,
      },
      queue: {
        items: outbox.waitingItems,
        bytes: outbox.waitingBytes,
        bytesMax: outbox.bytesMax,
      },
      lastSyncAt: this.#lastSyncAt === undefined ? null : new Date(this.#lastSyncAt).toISOString(),
      dropped: { points: counts.pointsDropped, aggregates: counts.aggregatesDropped },
      refused: { items: counts.itemsRefused, newest: listDeadLetters(database, REASONS_TOLD) },
      bytesSent: counts.bytesSent,
      bytesSaved: counts.bytesSaved,
      forwarding,
      gatewayFault: link.fault ?? null,
      ...naming.status(),
      sources: sources?.status() ?? [],
      models: await this.#parts.tenants.listModels(),
    };
  }

  checks(): HealthCheck[] {
    const { outbox, store, tenants, sources, link } = this.#parts;
    const check = (name: string, isFull: boolean, detail: string): HealthCheck =>
      isFull ? { name, ok: false, detail } : { name, ok: true };
    const unsent = "full of anomalies and incidents that the gateway has not taken";
    return [
      ...tenants.checks(link.fault?.code),
      check("outbox", outbox.isFull, unsent),
      check("disk", store.room.isFull, "full: points are refused until there is room"),
      ...sources?.checks() ?? [],
    ];
  }

  addGauges(metrics: EdgeMetrics): void {
    const { options: { database }, outbox, store, sources } = this.#parts;
    const gauge = (name: string, help: string, read: () => number) =>
      metrics.gauge(`treeline_${name}`, help, read);
    gauge("outbox_bytes", "Bytes that wait for the gateway", () => outbox.waitingBytes);
    gauge("outbox_bytes_max", "Bytes that may wait for the gateway", () => outbox.bytesMax);
    gauge("disk_bytes", "Bytes that the file and its log take", () => database.bytesTaken());
    const full = "1 while points are refused as the disk is full";
    gauge("disk_full", full, () => store.room.isFull ? 1 : 0);
    gauge("outbox_items", "Items that wait for the gateway", () => outbox.waitingItems);
    const answered = "When the gateway last answered, Unix time";
    gauge("sync_seconds", answered, () => (this.#lastSyncAt ?? 0) / 1_000);
    for (const [name, help, count] of COUNTS) {
      metrics.total(`treeline_${name}_total`, help, () => readCounts(database)[count]);
    }
    addModelsGauge(metrics, store);
    sources?.addGauges(metrics);
  }
}
