import { Hono } from "hono";
import { createEdgeApp, EdgeMetrics } from "../http/mod.ts";
import { pause } from "../async/pause.ts";
import type { Sources } from "../sources/mod.ts";
import { takeAssignments } from "./assignments.ts";
import { DiskKeeper, isOfFullDisk } from "./disk_keeper.ts";
import { OUTBOX_BYTES_MAX, type StandaloneEdgeOptions } from "./edge_options.ts";
import { EdgeState } from "./edge_state.ts";
import { Naming } from "./naming/mod.ts";
import { GatewayError } from "./gateway_client.ts";
import { GatewayLink } from "./gateway_link.ts";
import { Outbox } from "./outbox/mod.ts";
import type { SyncAnswer } from "./protocol.ts";
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
import { ToldReport } from "./told_report.ts";

/** Points kept behind the watermark: longer than a plan's look-back reaches. */
const POINTS_KEPT_MS = 35 * 86_400_000;

const HOUR_MS = 3_600_000;

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
  readonly #disk: DiskKeeper;
  readonly #state: EdgeState;
  /** The file's tenant is the key's: what waits must not go to another one, who would refuse it. */
  #isTenantSure = false;
  /** The gateway tells of commands by itself. */
  #isListening = false;
  #forgottenAt = -Infinity;
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
    this.#disk = new DiskKeeper(this.#store, options);
    this.#state = new EdgeState({
      options,
      outbox: this.#outbox,
      store: this.#store,
      tenants: this.#tenants,
      naming: this.#naming,
      sources: this.#sources,
      link: this.#link,
      refusedModels: this.#refusedModels,
    });
    this.#state.addGauges(this.#metrics);
    const app = createEdgeApp({
      ...options,
      metrics: this.#metrics,
      tenantOf: () => this.#tenants.get(),
      status: () => this.#state.status(),
      checks: () => Promise.resolve(this.#state.checks()),
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
    this.#disk.keep();
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

  /** Not while there is nothing to tell, and the gateway would tell if it had something. */
  async #syncWhenDue(): Promise<void> {
    const isDue = !this.#isListening || this.#outbox.waitingItems > 0 ||
      this.#told.isNews(this.#state.report()) || Object.keys(this.#naming.news()).length > 0;
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
      report: () => this.#told.next(this.#state.report()),
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
    const { log } = this.#options;
    if (!this.#state.hasSynced) log("info", "Gateway takes what this edge sends", {});
    this.#state.synced();
    this.#told.arrive();
    for (const { seq, code, field } of refused) {
      log("warning", "Item is refused and set aside", { seq, code, field });
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
