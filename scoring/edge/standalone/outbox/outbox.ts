import { OutboxFullError } from "../../store.ts";
import {
  type RefusedItem,
  SYNC_ITEMS_MAX,
  SYNC_LENGTH_MAX,
  type SyncItem,
  type SyncRequest,
} from "../protocol.ts";
import type { SqlDatabase, SqlRow, SqlValue } from "../sql_database.ts";
import { addCount } from "./counters.ts";
import { buryItem, type DeadLetter } from "./dead_letters.ts";
import { decodePoints, encodePoints } from "./point_block.ts";

/** What SQLite needs for a row beside its columns, about. */
const ROW_BYTES = 40;

/** Characters of a point as JSON, about: what the length of a sync is reckoned by. */
const POINT_LENGTH = 110;

/** Rows looked at together when room is made. */
const ROWS_PER_LOOK = 64;

/** POINTS: raw points and nothing else. AGGREGATE: sketches. FINDING: anomalies or incidents. */
type ItemKind = "POINTS" | "AGGREGATE" | "FINDING";

export interface OutboxOptions {
  /** What may wait: a long absence must not fill the disk. */
  readonly bytesMax: number;
  /** Draws a random name. */
  readonly newEpoch: () => string;
  /** Wall clock, ms. */
  readonly now: () => number;
}

/**
 * What waits for the gateway, in the order of commits. When there is too much of it the oldest raw
 * points go first, then the oldest aggregates; anomalies and incidents stay until they are
 * acknowledged.
 */
export class Outbox {
  readonly #database: SqlDatabase;
  readonly #options: OutboxOptions;
  /** Of the file; the gateway is told numbers without `#base`, so that a new epoch begins with 1. */
  #nextSeq = 1;
  #base = 0;
  #ackedSeq = 0;
  #waitingBytes = 0;
  #waitingItems = 0;
  #epoch = "";
  #isFull = false;

  /**
   * Starts a new epoch: a file that was restored or cloned must not go on with numbers that its
   * gateway has seen already.
   */
  constructor(database: SqlDatabase, options: OutboxOptions) {
    this.#database = database;
    this.#options = options;
    this.#nextSeq = this.#edgeSeq("max") + 1;
    this.startEpoch();
    const { bytes, items } = this.#sizes();
    this.#waitingBytes = bytes;
    this.#waitingItems = items;
  }

  /** Bytes that wait, about. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get waitingItems(): number {
    return this.#waitingItems;
  }

  /** Whether something could not be taken since the gateway last took anything. */
  get isFull(): boolean {
    return this.#isFull;
  }

  get bytesMax(): number {
    return this.#options.bytesMax;
  }

  /**
   * Adds items inside of the caller's transaction; `settle` takes them over after it.
   * @throws {OutboxFullError} When nothing is left that may be dropped.
   */
  add(items: readonly SyncItem[]): { settle(): void } {
    let seq = this.#nextSeq;
    let bytes = this.#waitingBytes;
    for (const item of items) bytes += this.#insert(seq++, item);
    const freed = this.#makeRoom(bytes - this.bytesMax);
    return {
      settle: () => {
        this.#nextSeq = seq;
        this.#waitingBytes = bytes - freed.bytes;
        this.#waitingItems += items.length - freed.items;
      },
    };
  }

  /** What to send next, `itemsMax` items at the most; without items when nothing waits. */
  next(edgeId: string, itemsMax: number = SYNC_ITEMS_MAX): SyncRequest {
    const rows = this.#database.all(
      "select seq, body, points, point_count from outbox order by seq limit ?",
      [itemsMax],
    );
    const first = Number(rows[0]?.seq ?? this.#nextSeq);
    const items: SyncItem[] = [];
    let length = 0;
    for (const [index, row] of rows.entries()) {
      length += String(row.body).length + POINT_LENGTH * Number(row.point_count);
      // Numbers have no gaps within one sync, and a single larger item goes alone.
      if (Number(row.seq) !== first + index) break;
      if (length > SYNC_LENGTH_MAX && items.length > 0) break;
      const item = readItem(row);
      if (item === undefined) {
        this.#setAside(Number(row.seq), DAMAGED);
        if (items.length === 0) return this.next(edgeId, itemsMax);
        break;
      }
      items.push(item);
    }
    const firstSeq = first - this.#base;
    const isAfterGap = firstSeq > this.#ackedSeq + 1;
    return { edgeId, epoch: this.#epoch, firstSeq, items, ...isAfterGap ? { isAfterGap } : {} };
  }

  /** Drops what the gateway has stored, and sets aside what it has refused. */
  acknowledge(ackSeq: number, refused: readonly RefusedItem[] = []): void {
    const last = this.#base + ackSeq;
    const gone = this.#database.transaction(() => {
      const sizes = this.#sizes("where seq <= ?", [last]);
      for (const { seq, ...reason } of refused) {
        if (seq <= ackSeq) this.#bury(this.#base + seq, reason);
      }
      this.#database.run("delete from outbox where seq <= ?", [last]);
      return sizes;
    });
    this.#ackedSeq = Math.max(this.#ackedSeq, ackSeq);
    this.#settleGone(gone);
  }

  /** Takes an item out of the way of those behind it. */
  setAside(seq: number, reason: DeadLetter): void {
    this.#setAside(this.#base + seq, reason);
  }

  #setAside(seq: number, reason: DeadLetter): void {
    const gone = this.#sizes("where seq = ?", [seq]);
    this.#database.transaction(() => this.#bury(seq, reason));
    this.#settleGone(gone);
  }

  /** Counts what went to the gateway. */
  countSent(bytes: number): void {
    addCount(this.#database, "bytesSent", bytes);
  }

  /**
   * Tells all that waits by numbers from 1, under a new name. In the file they stay as they are: to
   * write a full outbox anew would take its room twice.
   */
  startEpoch(): void {
    const first = this.#edgeSeq("min");
    this.#base = first === 0 ? this.#nextSeq - 1 : first - 1;
    this.#epoch = this.#options.newEpoch();
    this.#ackedSeq = 0;
  }

  /** Number of the first or last row; 0 when nothing waits. */
  #edgeSeq(end: "min" | "max"): number {
    const [{ seq }] = this.#database.all(`select ${end}(seq) as seq from outbox`);
    return Number(seq ?? 0);
  }

  /** The bytes that the item takes. */
  #insert(seq: number, item: SyncItem): number {
    const { points, ...rest } = item;
    const body = JSON.stringify(rest);
    const block = points.length === 0 ? null : encodePoints(points);
    const bytes = ROW_BYTES + body.length + (block?.length ?? 0);
    this.#database.run(
      `insert into outbox (seq, bytes, body, points, point_count, kind)
        values (?, ?, ?, ?, ?, ?)`,
      [seq, bytes, body, block, points.length, kindOf(item)],
    );
    return bytes;
  }

  /** Drops what matters least, oldest first, in the caller's transaction. */
  #makeRoom(excess: number): Sizes {
    const freed = { bytes: 0, items: 0 };
    while (freed.bytes < excess) {
      let dropped = this.#dropPoints(excess - freed.bytes);
      if (dropped.bytes === 0) dropped = this.#dropAggregates(excess - freed.bytes);
      if (dropped.bytes === 0) {
        this.#isFull = true;
        throw new OutboxFullError(this.bytesMax);
      }
      freed.bytes += dropped.bytes;
      freed.items += dropped.items;
    }
    return freed;
  }

  /** What it has freed, nothing when there is no point left. */
  #dropPoints(wanted: number): Sizes {
    const rows = this.#database.all(
      `select seq, bytes, length(points) as length, point_count, kind from outbox
        where point_count > 0 order by seq limit ${ROWS_PER_LOOK}`,
    );
    const freed = { bytes: 0, items: 0 };
    let points = 0;
    for (const { seq, bytes, length, point_count, kind } of rows) {
      if (freed.bytes >= wanted) break;
      points += Number(point_count);
      if (kind === "POINTS") {
        // What would be left tells of no more than the device's progress.
        this.#database.run("delete from outbox where seq = ?", [seq]);
        freed.bytes += Number(bytes);
        freed.items++;
        continue;
      }
      this.#database.run(
        "update outbox set points = null, point_count = 0, bytes = bytes - ? where seq = ?",
        [length, seq],
      );
      freed.bytes += Number(length);
    }
    addCount(this.#database, "pointsDropped", points);
    return freed;
  }

  #dropAggregates(wanted: number): Sizes {
    const rows = this.#database.all(
      `select seq, bytes from outbox where kind = 'AGGREGATE' order by seq limit ${ROWS_PER_LOOK}`,
    );
    const freed = { bytes: 0, items: 0 };
    for (const { seq, bytes } of rows) {
      if (freed.bytes >= wanted) break;
      this.#database.run("delete from outbox where seq = ?", [seq]);
      freed.bytes += Number(bytes);
      freed.items++;
    }
    addCount(this.#database, "aggregatesDropped", freed.items);
    return freed;
  }

  #bury(seq: number, reason: DeadLetter): void {
    const [row] = this.#database.all("select body from outbox where seq = ?", [seq]);
    if (row === undefined) return;
    buryItem(this.#database, reason, { body: String(row.body), at: this.#options.now() });
    this.#database.run("delete from outbox where seq = ?", [seq]);
  }

  #sizes(where = "", params: readonly SqlValue[] = []): Sizes {
    const [row] = this.#database.all(
      `select total(bytes) as bytes, count(*) as items from outbox ${where}`,
      params,
    );
    return { bytes: Number(row.bytes), items: Number(row.items) };
  }

  #settleGone({ bytes, items }: Sizes): void {
    this.#waitingBytes -= bytes;
    this.#waitingItems -= items;
    this.#isFull = false;
  }
}

/** How much some rows are. */
interface Sizes {
  readonly bytes: number;
  readonly items: number;
}

const DAMAGED: DeadLetter = {
  code: "ITEM_DAMAGED",
  field: "",
  message: "Cannot read the item as its bytes are damaged",
};

function kindOf({ anomalies, incidentChanges, sketches }: SyncItem): ItemKind {
  if (anomalies.length + incidentChanges.length > 0) return "FINDING";
  return sketches === undefined ? "POINTS" : "AGGREGATE";
}

/** `undefined` when the row cannot be read. */
function readItem({ body, points }: SqlRow): SyncItem | undefined {
  try {
    const rest: SyncItem = JSON.parse(String(body));
    // Rows of the first version of the file have their points in the body.
    if (points === null) return { ...rest, points: rest.points ?? [] };
    return points instanceof Uint8Array ? { ...rest, points: decodePoints(points) } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
