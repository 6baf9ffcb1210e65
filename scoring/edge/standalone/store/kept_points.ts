import type { AcceptedPoint, DeviceEffects } from "../../../pipeline/mod.ts";
import type { PointKey } from "../../store.ts";
import { BatchBlock, partOf } from "./batch_block.ts";
import { PointBatches } from "./point_batches.ts";
import { SeriesNumbers } from "./series_numbers.ts";
import { changesOf, type SqlDatabase, type SqlRow } from "../sql_database.ts";

/** A stored point, by the metric's id. */
export interface KeptPoint {
  readonly metricId: string;
  readonly at: number;
  readonly value: number;
}

/** The first step of a look for the oldest points; it grows until it finds enough. */
const STEP_MS = 60_000;

/** Points that one look drops at least: some ten milliseconds of work. */
const DROPPED_MIN = 20_000;

/**
 * The points of a stand-alone edge, in its file: the newest in blocks as they came, the others in rows,
 * each under the number of its series.
 */
export class KeptPoints {
  readonly #database: SqlDatabase;
  readonly #series: SeriesNumbers;
  readonly #batches: PointBatches;

  constructor(database: SqlDatabase) {
    this.#database = database;
    this.#series = new SeriesNumbers(database);
    this.#batches = new PointBatches(database);
  }

  /** Stores the points of folds, in the caller's transaction; `reset` must follow when it is undone. */
  add(effects: readonly Pick<DeviceEffects, "deviceId" | "points">[]): void {
    const blocks = new Map<number, BatchBlock>();
    for (const { deviceId, points } of effects) {
      const numbers = this.#series.ensured(deviceId, metricIdsOf(points));
      for (const { metricId, at, value, late } of points) {
        const series = numbers.get(metricId)!;
        const part = partOf(series);
        let block = blocks.get(part);
        if (block === undefined) blocks.set(part, block = new BatchBlock(part));
        block.add(series, at, value, late);
      }
    }
    for (const [part, block] of blocks) this.#batches.add(part, block);
  }

  /** Forgets what memory knows of the file: a transaction was undone. */
  reset(): void {
    this.#series.reset();
    this.#batches.reset();
  }

  /**
   * Moves some of the newest points to their rows, in a transaction of its own: some ten milliseconds.
   * @returns Whether there may be more.
   */
  tidy(): boolean {
    let isMoved = false;
    this.#changing(() => isMoved = this.#batches.moveDue());
    return isMoved;
  }

  /** Event time of the newest point of each series of a device, by metric id. */
  newestOf(deviceId: string): Map<string, number> {
    const rows = this.#database.all(
      `select id, metric_id, (select max(at) from points where series_id = id) as at
        from series where device_id = ?`,
      [deviceId],
    );
    const metricIds = new Map(rows.map(({ id, metric_id }) => [Number(id), String(metric_id)]));
    const newest = new Map<string, number>();
    for (const { metric_id, at } of rows) {
      if (at !== null) newest.set(String(metric_id), Number(at));
    }
    for (const { series, at } of this.#batches.list([...metricIds.keys()])) {
      const metricId = metricIds.get(series)!;
      newest.set(metricId, Math.max(at, newest.get(metricId) ?? at));
    }
    return newest;
  }

  /** Values at these instants, `undefined` where there is none. */
  findValues(deviceId: string, keys: readonly PointKey[]): (number | undefined)[] {
    const numbers = this.#series.of(deviceId);
    const wanted = keys.map(({ metricId, at }) => [numbers.get(metricId) ?? null, at]);
    const rows = this.#database.all(
      `select points.value as stored from json_each(?) as wanted
        left join points on series_id = wanted.value ->> 0 and at = wanted.value ->> 1
        order by wanted.key`,
      [JSON.stringify(wanted)],
    );
    const newest = this.#newestValues(wanted);
    return rows.map(({ stored }, index) =>
      stored === null ? newest.get(instantOf(wanted[index])) : Number(stored)
    );
  }

  /** By instant, of points that have no rows yet. */
  #newestValues(wanted: readonly (readonly (number | null)[])[]): Map<string, number> {
    const series = new Set(wanted.flatMap(([number]) => number ?? []));
    const instants = wanted.map(([, at]) => Number(at));
    const from = instants.reduce((least, at) => Math.min(least, at), Infinity);
    const until = instants.reduce((most, at) => Math.max(most, at), -Infinity) + 1;
    const points = this.#batches.list([...series], from, until);
    return new Map(points.map(({ series, at, value }) => [instantOf([series, at]), value]));
  }

  /** Points of these metrics that are not late with from ≤ at, by event time. */
  listFrom(deviceId: string, metricIds: readonly string[], from: number): KeptPoint[] {
    return this.#listOf(deviceId, metricIds, { from, until: Infinity })
      .filter(({ late }) => !late).map(({ late: _, ...point }) => point)
      .sort((left, right) => left.at - right.at || byText(left.metricId, right.metricId));
  }

  /** All points of a device with from ≤ at < until, those of a metric side by side. */
  listWithin(deviceId: string, from: number, until: number): AcceptedPoint[] {
    return this.#listOf(deviceId, [...this.#series.of(deviceId).keys()], { from, until })
      .sort((left, right) => byText(left.metricId, right.metricId) || left.at - right.at);
  }

  /** All points of a series with from ≤ at < until, and the one before where it is wanted. */
  listSeries(
    deviceId: string,
    metricId: string,
    { from, until, withOneBefore }: {
      readonly from: number;
      readonly until: number;
      readonly withOneBefore: boolean;
    },
  ): KeptPoint[] {
    const points = this.#listOf(deviceId, [metricId], {
      from: withOneBefore ? this.#instantBefore(deviceId, metricId, from) : from,
      until,
    });
    return points.map(({ late: _, ...point }) => point)
      .sort((left, right) => left.at - right.at);
  }

  /** The newest instant of a series before this one; this one where there is none. */
  #instantBefore(deviceId: string, metricId: string, at: number): number {
    const number = this.#series.of(deviceId).get(metricId);
    if (number === undefined) return at;
    const [{ before }] = this.#database.all(
      "select max(at) as before from points where series_id = ? and at < ?",
      [number, at],
    );
    const newest = this.#batches.list([number], -Infinity, at)
      .reduce((most, point) => Math.max(most, point.at), Number(before ?? -Infinity));
    return newest === -Infinity ? at : newest;
  }

  /** In no order. */
  #listOf(deviceId: string, metricIds: readonly string[], { from, until }: Span): AcceptedPoint[] {
    const numbers = this.#series.of(deviceId);
    const names = new Map<number, string>();
    for (const metricId of metricIds) {
      const number = numbers.get(metricId);
      if (number !== undefined) names.set(number, metricId);
    }
    const series = [...names.keys()];
    const rows = this.#database.all(
      `select series_id, at, points.value, late from json_each(?) as wanted
        join points on series_id = wanted.value where at >= ? and at < ?`,
      [JSON.stringify(series), from, Math.min(until, Number.MAX_SAFE_INTEGER)],
    );
    const stored = rows.map((row) => pointOf(row, names.get(Number(row.series_id))!));
    const newest = this.#batches.list(series, from, until)
      .map(({ series, at, value, late }) => ({ metricId: names.get(series)!, at, value, late }));
    return [...stored, ...newest];
  }

  /** Drops points that are further behind their device's watermark than this. */
  forgetBehind(behindMs: number): void {
    const progress = this.#database.all("select * from progress");
    const newest = progress.reduce((most, { watermark }) => Math.max(most, Number(watermark)), 0);
    this.#changing(() => {
      this.#batches.moveBefore(newest - behindMs);
      for (const { device_id, watermark } of progress) {
        this.#database.run(
          `delete from points where at < ? and series_id in
            (select id from series where device_id = ?)`,
          [Number(watermark) - behindMs, device_id],
        );
      }
    });
  }

  /**
   * Drops some of the oldest, none at or after `keptFrom`, those of so many series in one transaction:
   * each may change a page, and all pages of a transaction lie in the log at once. Blocks go whole.
   * @returns The instant before which points were dropped; `undefined` when none were.
   */
  dropOldest(keptFrom: number, seriesMax: number): number | undefined {
    const [{ oldest: stored }] = this.#database.all(
      "select min((select min(at) from points where series_id = series.id)) as oldest from series",
    );
    const oldest = Math.min(Number(stored ?? Infinity), this.#batches.oldestAt() ?? Infinity);
    let until = oldest;
    let dropped = 0;
    for (let step = STEP_MS; dropped < DROPPED_MIN && until < keptFrom; step *= 2) {
      until = Math.min(until + step, keptFrom);
      dropped += this.#dropRows(until, seriesMax) + this.#batches.dropBefore(until);
    }
    return dropped > 0 ? until : undefined;
  }

  /** How many points were dropped. */
  #dropRows(until: number, seriesMax: number): number {
    let dropped = 0;
    for (let [after, last] = [0, 0];; after = last) {
      const [row] = this.#database.all(
        "select max(id) as last from (select id from series where id > ? order by id limit ?)",
        [after, seriesMax],
      );
      if (row.last === null) return dropped;
      last = Number(row.last);
      this.#database.run(
        `delete from points where at < ? and series_id in
          (select id from series where id > ? and id <= ?)`,
        [until, after, last],
      );
      dropped += changesOf(this.#database);
    }
  }

  #changing(work: () => void): void {
    try {
      this.#database.transaction(work);
    } catch (error) {
      this.reset();
      throw error;
    }
  }
}

interface Span {
  readonly from: number;
  readonly until: number;
}

function metricIdsOf(points: readonly AcceptedPoint[]): string[] {
  return [...new Set(points.map(({ metricId }) => metricId))];
}

function pointOf({ at, value, late }: SqlRow, metricId: string): AcceptedPoint {
  return { metricId, at: Number(at), value: Number(value), late: late === 1 };
}

function instantOf([series, at]: readonly (number | null)[]): string {
  return `${series} ${at}`;
}

function byText(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
