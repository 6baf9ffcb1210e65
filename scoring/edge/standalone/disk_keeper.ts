import { NotRecordedError } from "../ingest/mod.ts";
import { DiskFullError } from "../store.ts";
import type { StandaloneEdgeOptions } from "./edge_options.ts";
import { DISK_BYTES_MAX, type SqliteStore } from "./store/mod.ts";

type DiskOptions = Pick<StandaloneEdgeOptions, "database" | "diskBytesMax" | "log">;

/** Keeps an edge's file within its room, and tells the log when that costs something. */
export class DiskKeeper {
  readonly #store: SqliteStore;
  readonly #options: DiskOptions;
  #areDropsTold = false;
  #isFullTold = false;

  constructor(store: SqliteStore, options: DiskOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Points that were handed on go first, oldest first; what waits has its own limit. */
  keep(): void {
    try {
      this.#tellDropped(this.#store.dropWhatIsTooMuch());
      this.#store.room.tend();
    } catch (error) {
      // Silence must be noticed on a full disk as well, and it may make room.
      if (!isOfFullDisk(error)) throw error;
    }
    this.#tellFullness();
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

  #tellFullness(): void {
    const { isFull, shares: { bytesMax } } = this.#store.room;
    if (isFull === this.#isFullTold) return;
    this.#isFullTold = isFull;
    const { database, log } = this.#options;
    const bytes = database.bytesTaken();
    if (isFull) log("error", "Disk is full, points are refused", { bytes, bytesMax });
    else log("info", "Disk has room again, points are taken", { bytes, bytesMax });
  }
}

/** Whether all that has failed did so because of a full disk. */
export function isOfFullDisk(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isOfFullDisk);
  return error instanceof DiskFullError ||
    error instanceof NotRecordedError && error.cause instanceof DiskFullError;
}
