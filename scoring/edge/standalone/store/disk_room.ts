import { DiskFullError } from "../../store.ts";
import { isFull, type SqlDatabase, type SqlRoom } from "../sql_database.ts";
import { writeMeta } from "./tables.ts";

const MB = 1024 ** 2;

/** What the files may take: a month of fifty points a second, or a day and a half of a thousand. */
export const DISK_BYTES_MAX = 4 * 1024 * MB;

/** Most that the log of writes may take: twice what one request of 10,000 series writes, about. */
const LOG_BYTES_MAX = 128 * MB;

/** The log's part of a small disk. */
const LOG_PART = 1 / 4;

/**
 * The outbox's part of the file at the most: items lie in pages of which up to half is waste, and
 * stored points, incidents and models need room as well.
 */
const OUTBOX_PART = 1 / 3;

/** From here on the oldest points go, so that the points of the next seconds find room. */
const CALM_PART = 15 / 16;

/** A file that is full is told as such again once it was down to this part. */
const QUIET_PART = 7 / 8;

/** Free pages up to this part stay in the file: they are soon needed again. */
const SLACK_PART = 1 / 16;

/** Free bytes that one look gives back: some milliseconds of work. */
const RECLAIMED_BYTES_MAX = 8 * MB;

/** Of the log's size, as moving a page writes up to three of them. */
const RECLAIMED_PART = 1 / 8;

/** Writes of one request before it is refused: after the log was written back, and after each drop. */
const TRIES_MAX = 6;

/** What must fit again before a full disk counts as one with room: more than a usual request. */
const PROBE_LENGTH = 256 * 1024;
const PROBE = "probe";

/** What the parts of an edge's file may take of its disk. */
export interface DiskShares extends SqlRoom {
  /** All files of it. */
  readonly bytesMax: number;
  /** Used bytes from which on the oldest points are dropped. */
  readonly calmBytes: number;
  readonly outboxBytesMax: number;
}

/** Shares a disk out; an outbox that is too large for it gets less than was wanted. */
export function diskShares(bytesMax: number, outboxBytesWanted = Infinity): DiskShares {
  const logBytesMax = Math.floor(Math.min(LOG_BYTES_MAX, bytesMax * LOG_PART));
  const fileBytesMax = bytesMax - logBytesMax;
  return {
    bytesMax,
    logBytesMax,
    fileBytesMax,
    calmBytes: Math.floor(fileBytesMax * CALM_PART),
    outboxBytesMax: Math.min(outboxBytesWanted, Math.floor(fileBytesMax * OUTBOX_PART)),
  };
}

/** Keeps an edge's file within its part of the disk, and knows when there is no room. */
export class DiskRoom {
  readonly shares: DiskShares;
  readonly #database: SqlDatabase;
  #isFull = false;

  constructor(database: SqlDatabase, shares: DiskShares) {
    this.#database = database;
    this.shares = shares;
    database.limit(shares);
  }

  /** Whether a write has found no room, until `tend` finds some. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Whether the oldest points should go. */
  get isTight(): boolean {
    return this.#database.bytesUsed() > this.shares.calmBytes;
  }

  /** Whether it was so not long ago. */
  get isNearlyTight(): boolean {
    return this.#database.bytesUsed() > this.shares.fileBytesMax * QUIET_PART;
  }

  /**
   * Runs a write that may be run again, as all of it is undone when there is no room: then the log is
   * written back, and `drop` called for as long as it drops something.
   * @throws {DiskFullError} When there is still no room.
   */
  write<T>(work: () => T, drop: () => boolean = () => false): T {
    for (let tries = 1;; tries++) {
      try {
        return work();
      } catch (error) {
        if (!isFull(error)) throw error;
        if (tries < TRIES_MAX && this.#hasMadeRoom(tries === 1 ? undefined : drop)) continue;
        this.#isFull = true;
        throw new DiskFullError(this.shares.bytesMax);
      }
    }
  }

  /** Gives back what is free and not soon needed, and looks whether a full disk has room again. */
  tend(): void {
    const { fileBytesMax, logBytesMax } = this.shares;
    const [used, free] = [this.#database.bytesUsed(), this.#database.bytesFree()];
    // More than the whole: it was larger before than it may be now.
    if (free > fileBytesMax * SLACK_PART || (free > 0 && used + free > fileBytesMax)) {
      const bytes = Math.min(RECLAIMED_BYTES_MAX, logBytesMax * RECLAIMED_PART);
      this.write(() => this.#database.reclaim(bytes));
      this.#database.limit(this.shares);
    }
    if (!this.#isFull) return;
    // Senders that were turned away may not come to find out.
    this.write(() => this.#probe());
    this.#isFull = false;
  }

  #probe(): void {
    this.#database.transaction(() => writeMeta(this.#database, PROBE, "x".repeat(PROBE_LENGTH)));
    this.#database.run("delete from meta where key = ?", [PROBE]);
  }

  #hasMadeRoom(drop: (() => boolean) | undefined): boolean {
    try {
      this.#database.reclaim(0);
      return drop === undefined || drop();
    } catch (error) {
      if (isFull(error)) return false;
      throw error;
    }
  }
}
