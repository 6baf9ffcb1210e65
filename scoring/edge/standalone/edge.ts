import { Hono } from "hono";
import { createEdgeApp, EdgeMetrics, type EdgeStatus, type HealthCheck } from "../http/mod.ts";
import { NotRecordedError } from "../ingest/mod.ts";
import { pause } from "../async/pause.ts";
import { DiskFullError } from "../store.ts";
import { VERSION } from "../version.ts";
import type { Sources } from "../sources/mod.ts";
import { takeAssignments } from "./assignments.ts";
import { OUTBOX_BYTES_MAX, type StandaloneEdgeOptions } from "./edge_options.ts";
import { Naming } from "./naming/mod.ts";
import { GatewayError } from "./gateway_client.ts";
import { GatewayLink } from "./gateway_link.ts";
import { addModelsGauge } from "./kept_models.ts";
import { type EdgeCounts, listDeadLetters, Outbox, readCounts } from "./outbox/mod.ts";
import { type SyncAnswer } from "./protocol.ts";
import { RefusedModels } from "./refused_models.ts";
import { repeat } from "./repeat.ts";
import {
  DISK_BYTES_MAX,
  DiskRoom,
  diskShares,
  openTables,
  readMeta,
  SqliteStore,
  writeMeta,
} from "./store/mod.ts";
import { syncAll } from "./sync.ts";
import { TenantOfFile } from "./tenant_of_file.ts";
import { type OwnReport, ToldReport } from "./told_report.ts";

/** Points kept behind the watermark: longer than a plan's look-back reaches. */
const POINTS_KEPT_MS = 35 * 86_400_000;

const HOUR_MS = 3_600_000;

/** Reasons of refused items that a status tells. */
const REASONS_TOLD = 10;

/** Models that a report tells as refused. */
const REFUSED_MODELS_TOLD = 100;

/** An edge that takes, judges and keeps points by itself, whether its gateway is there or not. */
export interface StandaloneEdge {
  readonly app: Hono;
  /** Asks for assignments once; false when nothing has changed. */
  refreshAssignments(): Promise<boolean>;
  /** Sends what waits, once. */
  sync(): Promise<void>;
  /** Closes buckets of silent devices, and sketches of periods that are over. */
  tick(): Promise<void>;
  /** Bytes that wait for the gateway. */
  readonly waitingBytes: number;
  /** Refreshes, syncs, listens and ticks until the signal. */
  run(signal: AbortSignal): Promise<void>;
  /** Closes the store; nothing may be running. */
  close(): void;
}

export function createStandaloneEdge(options: StandaloneEdgeOptions): StandaloneEdge {
  return new FileEdge(options);
}

class FileEdge implements StandaloneEdge {
  readonly app: Hono;
  readonly #options: StandaloneEdgeOptions;
  readonly #outbox: Outbox;
  readonly #store: SqliteStore;
  readonly #tenants: TenantOfFile;
  readonly #naming: Naming;
  readonly #metrics = new EdgeMetrics();
  readonly #sources: Sources | undefined;
  readonly #link: GatewayLink;
  readonly #refusedModels: RefusedModels;
  readonly #told: ToldReport;
  /** The file's tenant is the key's: what waits must not go to another one, who would refuse it. */
  #isTenantSure = false;
  /** The gateway tells of commands by itself. */
  #isListening = false;
  #lastSyncAt: number | undefined;
  #forgottenAt = -Infinity;
  #areDropsTold = false;
  #isFullTold = false;
  /** One after the other: the stream and the clock may ask for the same at once. */
  #assigning: Promise<unknown> = Promise.resolve();
  #syncing: Promise<unknown> = Promise.resolve();
  /** One that has not begun serves all who ask: names are made by the hundred, and each is told. */
  #nextRefresh: Promise<boolean> | undefined;

  constructor(options: StandaloneEdgeOptions) {
    this.#options = options;
    this.#link = new GatewayLink(options.log);
    this.#told = new ToldReport(options.now);
    this.#refusedModels = new RefusedModels(options.log);
    const { database, newId, now, forwarding } = options;
    openTables(database);
    const { outboxBytesMax = OUTBOX_BYTES_MAX, diskBytesMax = DISK_BYTES_MAX } = options;
    const room = new DiskRoom(database, diskShares(diskBytesMax, outboxBytesMax));
    const bytesMax = room.shares.outboxBytesMax;
    this.#outbox = new Outbox(database, { bytesMax, newEpoch: newId, now });
    this.#store = new SqliteStore(database, this.#outbox, { policy: forwarding, room });
    this.#naming = new Naming({ ...options, store: this.#store });
    this.#tenants = new TenantOfFile({
      ...options,
      store: this.#store,
      naming: this.#naming,
      metrics: this.#metrics,
    });
    const ingest = () => this.#tenants.get().ingest;
    const { openIntake } = this.#naming;
    this.#sources = options.openSources?.({
      ...options,
      ingest,
      openIntake: openIntake.bind(this.#naming),
    });
    this.#addGauges();
    addModelsGauge(this.#metrics, this.#store);
    this.#sources?.addGauges(this.#metrics);
    const app = createEdgeApp({
      ...options,
      metrics: this.#metrics,
      tenantOf: () => this.#tenants.get(),
      status: async () => ({ ...this.#status(), models: await this.#tenants.listModels() }),
      checks: () => Promise.resolve(this.#checks()),
    });
    this.app = database.isDurable ? app : tellingVolatile(app);
  }

  get waitingBytes(): number {
    return this.#outbox.waitingBytes;
  }

  refreshAssignments(): Promise<boolean> {
    if (this.#nextRefresh !== undefined) return this.#nextRefresh;
    const work = this.#assigning.then(() => {
      this.#nextRefresh = undefined;
      return this.#link.attempt("assignments", () => this.#refresh());
    });
    this.#nextRefresh = work;
    this.#assigning = work.catch(() => {});
    return work;
  }

  sync(): Promise<void> {
    const work = this.#syncing.then(() => this.#link.attempt("sync", () => this.#sync()));
    this.#syncing = work.catch(() => {});
    return work;
  }

  async tick(): Promise<void> {
    // First, as all else writes.
    this.#keepDisk();
    try {
      await this.#tenants.tick();
      // What a crash has left waiting, although its names were known.
      if (this.#tenants.isOpen) await this.#naming.release(this.#tenants.get().ingest);
      this.#store.closeWindows();
      while (this.#store.tidy()) await pause();
      this.#naming.save();
      this.#forget();
    } catch (error) {
      // It is told already, and the next look must come soon.
      if (!isOfFullDisk(error)) throw error;
    }
  }

  #forget(): void {
    const { now } = this.#options;
    if (now() - this.#forgottenAt < HOUR_MS) return;
    this.#store.forget(POINTS_KEPT_MS, now());
    this.#forgottenAt = now();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { syncMs = 1_000, assignmentsMs = 15_000, backoffMsMax = 30_000 } = this.#options;
    const onError = (error: unknown) => {
      // The link has told it.
      if (!(error instanceof GatewayError)) this.#options.onError(error);
    };
    const loop = (work: () => Promise<unknown>, everyMs: number) =>
      repeat(async () => void await work(), { everyMs, backoffMsMax, signal, onError });
    await Promise.all([
      loop(() => this.refreshAssignments(), assignmentsMs),
      loop(() => this.#syncWhenDue(), syncMs),
      loop(() => this.tick(), syncMs),
      loop(() => this.#listen(signal), syncMs),
      this.#sources?.run(signal),
    ]);
  }

  close(): void {
    this.#options.database.close();
  }

  /** Points that were handed on go first, oldest first; what waits has its own limit. */
  #keepDisk(): void {
    const { room } = this.#store;
    try {
      this.#tellDropped(this.#store.dropWhatIsTooMuch());
      room.tend();
    } catch (error) {
      // Silence must be noticed on a full disk as well, and it may make room.
      if (!isOfFullDisk(error)) throw error;
    }
    this.#tellFullness(room);
  }

  /** Once, until there was room again. */
  #tellDropped(until: number | undefined): void {
    if (until !== undefined && !this.#areDropsTold) {
      const { diskBytesMax = DISK_BYTES_MAX, log } = this.#options;
      const before = new Date(until).toISOString();
      const message = "Disk is nearly full, the oldest stored points are dropped";
      log("warning", message, { before, diskBytesMax });
    }
    this.#areDropsTold = until !== undefined ||
      (this.#areDropsTold && this.#store.room.isNearlyTight);
  }

  #tellFullness({ isFull, shares: { bytesMax } }: DiskRoom): void {
    if (isFull === this.#isFullTold) return;
    this.#isFullTold = isFull;
    const bytes = this.#options.database.bytesTaken();
    if (isFull) this.#options.log("error", "Disk is full, points are refused", { bytes, bytesMax });
    else this.#options.log("info", "Disk has room again, points are taken", { bytes, bytesMax });
  }

  /** Not while there is nothing to tell, and the gateway would tell if it had something. */
  async #syncWhenDue(): Promise<void> {
    const isDue = !this.#isListening || this.#outbox.waitingItems > 0 ||
      this.#told.isNews(this.#report()) || Object.keys(this.#naming.news()).length > 0;
    if (isDue) await this.sync();
  }

  async #sync(): Promise<void> {
    const { gateway, edgeId } = this.#options;
    if (!this.#isTenantSure) await this.refreshAssignments();
    const areNamesMade = await syncAll({
      gateway,
      store: this.#store,
      outbox: this.#outbox,
      naming: this.#naming,
      edgeId,
      report: () => this.#told.next(this.#report()),
      onAnswer: (answer) => this.#heard(answer),
      onGap: () => this.#told.forget(),
    });
    if (areNamesMade) await this.refreshAssignments();
  }

  async #refresh(): Promise<boolean> {
    const { database, gateway, edgeId, trustedKeys } = this.#options;
    const tagged = await gateway.assignments(edgeId, readMeta(database, "etag") || null);
    if (tagged !== undefined) this.#tenants.refuseOther(tagged.document.tenantId);
    this.#isTenantSure = true;
    if (tagged === undefined) return false;
    const { document, etag } = tagged;
    const refused = await takeAssignments({ gateway, store: this.#store, trustedKeys }, document);
    this.#refusedModels.replace(refused.models);
    // Only now is the edge ready: before, it knows no device.
    this.#tenants.adopt(document.tenantId, document.clockMode);
    this.#naming.onAssigned(refused.mapping);
    await this.#naming.release(this.#tenants.get().ingest);
    const isWhole = refused.models.length === 0 && refused.mapping === null;
    writeMeta(database, "etag", isWhole ? etag ?? "" : "");
    return true;
  }

  /** Until the gateway ends the stream; the loops above cover what it misses. */
  async #listen(signal: AbortSignal): Promise<void> {
    const { gateway, onError } = this.#options;
    const refresh = () =>
      this.refreshAssignments().catch((error) => {
        // The link has told the others.
        if (!(error instanceof GatewayError)) onError(error);
      });
    try {
      for await (const change of gateway.changes(signal)) {
        if (change === "assignments") refresh();
        else if (change === "commands") await this.sync();
        else {
          this.#isListening = true;
          // For commands from before.
          this.#told.expire();
        }
      }
    } catch (error) {
      if (error instanceof GatewayError) this.#link.streamFailed(error);
      throw error;
    } finally {
      this.#isListening = false;
    }
  }

  #heard({ refused = [] }: SyncAnswer): void {
    const { log, now } = this.#options;
    if (this.#lastSyncAt === undefined) log("info", "Gateway takes what this edge sends", {});
    this.#lastSyncAt = now();
    this.#told.arrive();
    for (const { seq, code, field } of refused) {
      log("warning", "Item is refused and set aside", { seq, code, field });
    }
  }

  #report(): OwnReport {
    const report = {
      version: VERSION,
      forwarding: this.#options.forwarding ?? "all",
      waitingItems: this.#outbox.waitingItems,
      waitingBytes: this.#outbox.waitingBytes,
      refusedModels: this.#refusedModels.list.slice(0, REFUSED_MODELS_TOLD),
      naming: this.#naming.report(),
      ...readCounts(this.#options.database),
    };
    return { report, devices: this.#store.listDevices() };
  }

  #status(): Omit<EdgeStatus, "models"> {
    const { database, edgeId, forwarding = "all" } = this.#options;
    const counts = readCounts(database);
    const { waitingItems, waitingBytes, bytesMax } = this.#outbox;
    return {
      edgeId,
      refusedModels: this.#refusedModels.list,
      storage: {
        isDurable: database.isDurable,
        bytes: database.bytesTaken(),
        bytesMax: this.#store.room.shares.bytesMax,
        isFull: this.#store.room.isFull,
      },
      queue: { items: waitingItems, bytes: waitingBytes, bytesMax },
      lastSyncAt: this.#lastSyncAt === undefined ? null : new Date(this.#lastSyncAt).toISOString(),
      dropped: { points: counts.pointsDropped, aggregates: counts.aggregatesDropped },
      refused: { items: counts.itemsRefused, newest: listDeadLetters(database, REASONS_TOLD) },
      bytesSent: counts.bytesSent,
      bytesSaved: counts.bytesSaved,
      forwarding,
      gatewayFault: this.#link.fault ?? null,
      ...this.#naming.status(),
      sources: this.#sources?.status() ?? [],
    };
  }

  #checks(): HealthCheck[] {
    const check = (name: string, isFull: boolean, detail: string): HealthCheck =>
      isFull ? { name, ok: false, detail } : { name, ok: true };
    const unsent = "full of anomalies and incidents that the gateway has not taken";
    return [
      ...this.#tenants.checks(this.#link.fault?.code),
      check("outbox", this.#outbox.isFull, unsent),
      check("disk", this.#store.room.isFull, "full: points are refused until there is room"),
      ...this.#sources?.checks() ?? [],
    ];
  }

  #addGauges(): void {
    const { database } = this.#options;
    const gauge = (name: string, help: string, read: () => number) =>
      this.#metrics.gauge(`treeline_${name}`, help, read);
    gauge("outbox_bytes", "Bytes that wait for the gateway", () => this.#outbox.waitingBytes);
    const { bytesMax } = this.#outbox;
    gauge("outbox_bytes_max", "Bytes that may wait for the gateway", () => bytesMax);
    gauge("disk_bytes", "Bytes that the file and its log take", () => database.bytesTaken());
    gauge(
      "disk_full",
      "1 while points are refused as the disk is full",
      () => this.#store.room.isFull ? 1 : 0,
    );
    gauge("outbox_items", "Items that wait for the gateway", () => this.#outbox.waitingItems);
    gauge(
      "sync_seconds",
      "When the gateway last answered, Unix time",
      () => (this.#lastSyncAt ?? 0) / 1_000,
    );
    for (const [name, help, count] of COUNTS) {
      this.#metrics.total(`treeline_${name}_total`, help, () => readCounts(database)[count]);
    }
  }
}

/** The app, with a header that senders may want to know of in each answer. */
function tellingVolatile(app: Hono): Hono {
  return new Hono().all("*", async ({ req }) => {
    const response = await app.fetch(req.raw);
    response.headers.set("treeline-storage", "volatile");
    return response;
  });
}

/** Whether all that has failed did so because of a full disk. */
function isOfFullDisk(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isOfFullDisk);
  return error instanceof DiskFullError ||
    error instanceof NotRecordedError && error.cause instanceof DiskFullError;
}

const COUNTS: readonly (readonly [name: string, help: string, count: keyof EdgeCounts])[] = [
  ["outbox_points_dropped", "Raw points dropped unsent", "pointsDropped"],
  ["outbox_aggregates_dropped", "Sketches dropped unsent", "aggregatesDropped"],
  ["outbox_items_refused", "Items that the gateway refused", "itemsRefused"],
  ["sync_bytes_sent", "Bytes of all syncs", "bytesSent"],
  ["sync_bytes_saved", "Bytes of raw points kept here", "bytesSaved"],
];
