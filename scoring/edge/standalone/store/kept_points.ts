import type { AcceptedPoint, DeviceEffects } from "../../../pipeline/mod.ts";
import type { PointKey } from "../../store.ts";
import type { SqlDatabase, SqlRow } from "./sql_database.ts";

/** A stored point, by the metric's id. */
export interface KeptPoint {
  readonly metricId: string;
  readonly at: number;
  readonly value: number;
}

/** How much of the oldest points one look drops: some ten thousand at a thousand a second. */
const DROPPED_MS = 60_000;

/** The points of a stand-alone edge, in its file, each under the number of its series. */
export class KeptPoints {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** Stores the points of a fold, in the caller's transaction. */
  add({ deviceId, points }: Pick<DeviceEffects, "deviceId" | "points">): void {
    if (points.length === 0) return;
    const metricIds = new Set(points.map(({ metricId }) => metricId));
    this.#database.run(
      "insert or ignore into series (device_id, metric_id) select ?, value from json_each(?)",
      [deviceId, JSON.stringify([...metricIds])],
    );
    const rows = points.map(({ metricId, at, value, late }) => [metricId, at, value, late ? 1 : 0]);
    this.#database.run(
      `insert into points (series_id, at, value, late)
        select series.id, value ->> 1, value ->> 2, value ->> 3 from json_each(?) cross join series
        where device_id = ? and metric_id = value ->> 0`,
      [JSON.stringify(rows), deviceId],
    );
  }

  /** Event time of the newest of a series; `null` before the first. */
  newestAt(deviceId: string, metricId: string): number | null {
    const [{ at }] = this.#database.all(
      `select max(at) as at from points where series_id =
        (select id from series where device_id = ? and metric_id = ?)`,
      [deviceId, metricId],
    );
    return at === null ? null : Number(at);
  }

  /** Values at these instants, `undefined` where there is none. */
  findValues(deviceId: string, keys: readonly PointKey[]): (number | undefined)[] {
    const wanted = keys.map(({ metricId, at }) => [metricId, at]);
    const rows = this.#database.all(
      `select points.value as stored from json_each(?) as wanted
        left join series on device_id = ? and metric_id = wanted.value ->> 0
        left join points on series_id = series.id and at = wanted.value ->> 1
        order by wanted.key`,
      [JSON.stringify(wanted), deviceId],
    );
    return rows.map(({ stored }) => stored === null ? undefined : Number(stored));
  }

  /** Points of these metrics that are not late with from ≤ at, by event time. */
  listFrom(deviceId: string, metricIds: readonly string[], from: number): KeptPoint[] {
    return this.#database.all(
      `select metric_id, at, value from series join points on series_id = series.id
        where device_id = ? and metric_id in (select value from json_each(?))
          and at >= ? and late = 0 order by at, metric_id`,
      [deviceId, JSON.stringify(metricIds), from],
    ).map(pointOf);
  }

  /** All points of a device with from ≤ at < until, those of a metric side by side. */
  listWithin(deviceId: string, from: number, until: number): AcceptedPoint[] {
    return this.#database.all(
      `select metric_id, at, value, late from series join points on series_id = series.id
        where device_id = ? and at >= ? and at < ? order by metric_id, at`,
      [deviceId, from, until],
    ).map((row) => ({ ...pointOf(row), late: row.late === 1 }));
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
    return this.#database.all(
      `with own as (select id from series where device_id = ?1 and metric_id = ?2)
        select ?2 as metric_id, at, value from points
        where series_id = (select id from own) and at < ?4 and at >= coalesce(
          (select max(at) from points where ?5 and series_id = (select id from own) and at < ?3), ?3)
        order by at`,
      [deviceId, metricId, from, until, withOneBefore ? 1 : 0],
    ).map(pointOf);
  }

  /** Drops points that are further behind their device's watermark than this. */
  forgetBehind(behindMs: number): void {
    for (const { device_id, watermark } of this.#database.all("select * from progress")) {
      this.#database.run(
        `delete from points where at < ? and series_id in
          (select id from series where device_id = ?)`,
        [Number(watermark) - behindMs, device_id],
      );
    }
  }

  /**
   * Drops the oldest minute, unless it lies after `keptFrom`.
   * @returns The instant before which there are no points any more; `undefined` when nothing was dropped.
   */
  dropOldest(keptFrom: number): number | undefined {
    const [{ oldest }] = this.#database.all(
      "select min((select min(at) from points where series_id = series.id)) as oldest from series",
    );
    if (oldest === null || Number(oldest) >= keptFrom) return undefined;
    const until = Math.min(Number(oldest) + DROPPED_MS, keptFrom);
    this.#database.run(
      "delete from points where series_id in (select id from series) and at < ?",
      [until],
    );
    return until;
  }
}

function pointOf({ metric_id, at, value }: SqlRow): KeptPoint {
  return { metricId: String(metric_id), at: Number(at), value: Number(value) };
}
