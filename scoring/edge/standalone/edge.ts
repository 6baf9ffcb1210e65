import type { Hono } from "hono";
import { openBundle, type TrustedKeys } from "../../bundle/mod.ts";
import {
  type Authenticate,
  countCommitted,
  createEdgeApp,
  EdgeMetrics,
  type EdgeTenant,
  type HealthCheck,
} from "../http/mod.ts";
import { createIngest, createModelCache, type Ingest } from "../ingest/mod.ts";
import type { EdgeLimits } from "../limits.ts";
import { VERSION } from "../version.ts";
import { Problem } from "../wire/mod.ts";
import { takeAssignments } from "./assignments.ts";
import type { GatewayClient } from "./gateway_client.ts";
import { createKeptModels } from "./kept_models.ts";
import { Outbox, readCounts } from "./outbox/mod.ts";
import type { EdgeReport } from "./protocol.ts";
import { repeat } from "./repeat.ts";
import type { SqlDatabase } from "./sql_database.ts";
import { SqliteStore } from "./sqlite_store.ts";
import { syncAll } from "./sync.ts";
import { openTables, readMeta, writeMeta } from "./tables.ts";

/** What may wait for an absent gateway: half a day of a thousand points a second. */
export const OUTBOX_BYTES_MAX = 512 * 1024 ** 2;

/** Points kept behind the watermark: longer than a plan's look-back reaches. */
const POINTS_KEPT_MS = 35 * 86_400_000;

const HOUR_MS = 3_600_000;

export interface StandaloneEdgeOptions {
  /** Opened by the platform; this edge closes it. */
  readonly database: SqlDatabase;
  readonly gateway: GatewayClient;
  /** Name of this edge, unique in its tenant. */
  readonly edgeId: string;
  /** Whose bundles and settings are believed. */
  readonly trustedKeys: TrustedKeys;
  /** Who may send points to this edge. */
  readonly authenticate: Authenticate;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Random names, for requests and epochs. */
  readonly newId: () => string;
  readonly onError: (error: unknown) => void;
  readonly limits?: Partial<EdgeLimits>;
  readonly outboxBytesMax?: number;
  /** How often what waits is sent and commands are asked for; default 1 s. */
  readonly syncMs?: number;
  /** How often assignments are asked for; default 15 s. */
  readonly assignmentsMs?: number;
  /** Longest pause while the gateway is away; default 30 s. */
  readonly backoffMsMax?: number;
}

/** An edge that takes, judges and keeps points by itself, whether its gateway is there or not. */
export interface StandaloneEdge {
  readonly app: Hono;
  /** Asks for assignments once; false when nothing has changed. */
  refreshAssignments(): Promise<boolean>;
  /** Sends what waits, once. */
  sync(): Promise<void>;
  /** Closes buckets of silent devices. */
  tick(): Promise<void>;
  /** Bytes that wait for the gateway. */
  readonly waitingBytes: number;
  /** Refreshes, syncs and ticks until the signal. */
  run(signal: AbortSignal): Promise<void>;
  /** Closes the store; nothing may be running. */
  close(): void;
}

export function createStandaloneEdge(options: StandaloneEdgeOptions): StandaloneEdge {
  const { database, gateway, edgeId, trustedKeys, now, newId, onError } = options;
  openTables(database);
  const bytesMax = options.outboxBytesMax ?? OUTBOX_BYTES_MAX;
  const outbox = new Outbox(database, { bytesMax, newEpoch: newId, now });
  const store = new SqliteStore(database, outbox);
  const metrics = new EdgeMetrics();
  metrics.gauge(
    "treeline_outbox_bytes",
    "Bytes that wait for the gateway",
    () => outbox.waitingBytes,
  );
  const tenants = new TenantOfFile({ ...options, store, metrics });
  let forgottenAt = -Infinity;

  async function refreshAssignments(): Promise<boolean> {
    const tagged = await gateway.assignments(edgeId, readMeta(database, "etag") || null);
    if (tagged === undefined) return false;
    const { document, etag } = tagged;
    tenants.refuseOther(document.tenantId);
    const isComplete = await takeAssignments({ gateway, store, trustedKeys, onError }, document);
    // Only now is the edge ready: before, it knows no device.
    tenants.adopt(document.tenantId, document.clockMode);
    writeMeta(database, "etag", isComplete ? etag ?? "" : "");
    return true;
  }

  async function tick(): Promise<void> {
    await tenants.tick();
    if (now() - forgottenAt < HOUR_MS) return;
    forgottenAt = now();
    store.forgetPoints(POINTS_KEPT_MS);
  }

  const report = (): EdgeReport => ({
    version: VERSION,
    forwarding: "all",
    waitingItems: outbox.waitingItems,
    waitingBytes: outbox.waitingBytes,
    refusedModels: [],
    ...readCounts(database),
  });
  const sync = () => syncAll({ gateway, store, outbox, edgeId, report });
  const app = createEdgeApp({
    ...options,
    metrics,
    tenantOf: () => tenants.get(),
    checks: () => Promise.resolve([tenants.check()]),
  });
  return {
    app,
    refreshAssignments,
    sync,
    tick,
    get waitingBytes() {
      return outbox.waitingBytes;
    },
    async run(signal) {
      const { syncMs = 1_000, assignmentsMs = 15_000, backoffMsMax = 30_000 } = options;
      const loop = (work: () => Promise<unknown>, everyMs: number) =>
        repeat(async () => void await work(), { everyMs, backoffMsMax, signal, onError });
      await Promise.all([
        loop(refreshAssignments, assignmentsMs),
        loop(sync, syncMs),
        loop(tick, syncMs),
      ]);
    },
    close: () => database.close(),
  };
}

interface TenantOptions extends StandaloneEdgeOptions {
  readonly store: SqliteStore;
  readonly metrics: EdgeMetrics;
}

interface OpenTenant extends EdgeTenant {
  readonly tenantId: string;
  readonly ingest: Ingest;
}

/** The one tenant that a file belongs to, known once the gateway has told it. */
class TenantOfFile {
  readonly #options: TenantOptions;
  #open: OpenTenant | undefined;

  constructor(options: TenantOptions) {
    this.#options = options;
    const tenantId = readMeta(options.database, "tenant_id");
    if (tenantId !== undefined) this.#open = this.#openTenant(tenantId);
  }

  /** @throws {Problem} `NOT_READY` before the first assignments. */
  get(): OpenTenant {
    if (this.#open !== undefined) return this.#open;
    throw new Problem("NOT_READY", "Cannot take points before the gateway has assigned devices", {
      headers: { "retry-after": "5" },
    });
  }

  check(): HealthCheck {
    const name = "assignments";
    return this.#open !== undefined
      ? { name, ok: true }
      : { name, ok: false, detail: "the gateway has not assigned anything yet" };
  }

  /** @throws {RangeError} When the file belongs to another tenant: their points must not mix. */
  refuseOther(tenantId: string): void {
    const known = this.#open?.tenantId ?? tenantId;
    if (known !== tenantId) {
      throw new RangeError(
        `Cannot use this file for tenant "${tenantId}": it belongs to "${known}"`,
      );
    }
  }

  adopt(tenantId: string, clockMode: string): void {
    writeMeta(this.#options.database, "tenant_id", tenantId);
    writeMeta(this.#options.database, "clock_mode", clockMode);
    this.#open ??= this.#openTenant(tenantId);
  }

  /** In replay only data closes buckets. */
  async tick(): Promise<void> {
    if (readMeta(this.#options.database, "clock_mode") === "replay") return;
    await this.#open?.ingest.tick();
  }

  #openTenant(tenantId: string): OpenTenant {
    const { store, metrics, trustedKeys, now, onError, limits } = this.#options;
    const openModel = createModelCache(async (id) => {
      return (await openBundle(await store.loadBundle(id), { tenantId, trustedKeys, id })).model;
    });
    const ingest = createIngest({
      tenantId,
      store,
      openModel,
      now,
      requestsWaitingMax: limits?.requestsWaitingMax,
      onCommitted: countCommitted(metrics),
      onBadBundle: onError,
    });
    return { tenantId, ingest, models: createKeptModels(store, openModel) };
  }
}
