import {
  BatchBlock,
  type NumberedPoint,
  partOf,
  readBatch,
  SERIES_PER_PART,
} from "./batch_block.ts";
import type { SqlDatabase } from "../sql_database.ts";

/** Points of a part that are moved at once: a page of the file then takes some thirty of a series. */
export const POINTS_PER_MOVE = 32 * SERIES_PER_PART;

/** Batches of a part: as many as are read for a device that has just come. */
const BATCHES_PER_MOVE = 1_024;

/** A part that nobody has moved when it should have been is moved by the commit that fills it. */
const OVERDUE = 2;

/** Rows of one statement: with four values each as many as every platform takes. */
const ROWS_PER_INSERT = 25;

interface Fill {
  batches: number;
  points: number;
}

/**
 * The newest points, as blocks in the order of commits. A row for each point of a scrape would lie in a
 * page of its own, four kilobytes written for sixteen bytes; here a part's points wait until a series
 * has some dozens, and move to their rows together.
 */
export class PointBatches {
  readonly #database: SqlDatabase;
  /** By part; read when it is first needed. */
  #fills: Map<number, Fill> | undefined;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** Forgets what memory knows of the file: a transaction was undone. */
  reset(): void {
    this.#fills = undefined;
  }

  /** Keeps a block of a part, in the caller's transaction. */
  add(part: number, block: BatchBlock): void {
    const fill = this.#fillOf(part);
    this.#database.run(
      `insert into point_batches (part, from_at, until_at, point_count, bytes)
        values (?, ?, ?, ?, ?)`,
      [part, block.fromAt, block.untilAt, block.count, block.bytes()],
    );
    fill.batches++;
    fill.points += block.count;
    if (isDue(fill, OVERDUE)) this.#move(part);
  }

  /** Points of these series with from ≤ at < until, in no order. */
  list(series: readonly number[], from = -Infinity, until = Infinity): NumberedPoint[] {
    if (series.length === 0) return [];
    const wanted = new Set(series);
    const parts = new Set(series.map(partOf));
    const rows = this.#database.all(
      `select part, bytes from point_batches
        where part in (select value from json_each(?)) and from_at < ? and until_at >= ?
        order by id`,
      [JSON.stringify([...parts]), finite(until), finite(from)],
    );
    return rows.flatMap(({ part, bytes }) =>
      readBatch(Number(part), bytes as Uint8Array)
        .filter(({ series, at }) => wanted.has(series) && at >= from && at < until)
    );
  }

  /**
   * Moves the points of one part that has enough of them to their rows, in the caller's transaction.
   * @returns Whether there was one.
   */
  moveDue(): boolean {
    for (const [part, fill] of this.#readFills()) {
      if (!isDue(fill, 1)) continue;
      this.#move(part);
      return true;
    }
    return false;
  }

  /** Moves the points of all parts that have one from before this instant, in the caller's transaction. */
  moveBefore(at: number): void {
    const rows = this.#database.all("select distinct part from point_batches where from_at < ?", [
      at,
    ]);
    for (const { part } of rows) this.#move(Number(part));
  }

  /**
   * Drops blocks that lie before this instant: to move their points first would want room.
   * @returns How many points were dropped.
   */
  dropBefore(at: number): number {
    const [{ points }] = this.#database.all(
      "select total(point_count) as points from point_batches where until_at < ?",
      [at],
    );
    if (Number(points) === 0) return 0;
    this.#database.run("delete from point_batches where until_at < ?", [at]);
    this.reset();
    return Number(points);
  }

  /** Event time of the oldest point; `null` without any. */
  oldestAt(): number | null {
    const [{ oldest }] = this.#database.all("select min(from_at) as oldest from point_batches");
    return oldest === null ? null : Number(oldest);
  }

  #move(part: number): void {
    const rows = this.#database.all("select bytes from point_batches where part = ? order by id", [
      part,
    ]);
    const bySeries = Array.from({ length: SERIES_PER_PART }, (): NumberedPoint[] => []);
    for (const { bytes } of rows) {
      for (const point of readBatch(part, bytes as Uint8Array)) {
        bySeries[point.series % SERIES_PER_PART].push(point);
      }
    }
    this.#insert(bySeries.flat());
    this.#database.run("delete from point_batches where part = ?", [part]);
    this.#readFills().delete(part);
  }

  #insert(points: readonly NumberedPoint[]): void {
    for (let from = 0; from < points.length;) {
      const count = points.length - from < ROWS_PER_INSERT ? 1 : ROWS_PER_INSERT;
      const values: number[] = [];
      for (const { series, at, value, late } of points.slice(from, from + count)) {
        values.push(series, at, value, late ? 1 : 0);
      }
      this.#database.run(INSERTS[count === 1 ? 0 : 1], values);
      from += count;
    }
  }

  #fillOf(part: number): Fill {
    const fills = this.#readFills();
    const known = fills.get(part);
    if (known !== undefined) return known;
    const fill = { batches: 0, points: 0 };
    fills.set(part, fill);
    return fill;
  }

  #readFills(): Map<number, Fill> {
    if (this.#fills !== undefined) return this.#fills;
    const rows = this.#database.all(
      `select part, count(*) as batches, total(point_count) as points from point_batches
        group by part`,
    );
    return this.#fills = new Map(
      rows.map((
        { part, batches, points },
      ) => [Number(part), { batches: Number(batches), points: Number(points) }]),
    );
  }
}

/** What is there stays: a block that the disk has damaged may name an instant twice. */
const INSERTS = [1, ROWS_PER_INSERT].map((count) =>
  `insert or ignore into points (series_id, at, value, late) values ${
    Array.from({ length: count }, () => "(?,?,?,?)").join(",")
  }`
);

function isDue({ batches, points }: Fill, times: number): boolean {
  return points >= POINTS_PER_MOVE * times || batches >= BATCHES_PER_MOVE * times;
}

/** SQLite has no infinities that an integer is compared with. */
function finite(at: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, at));
}
