import type { WaitingPoint } from "../../intake/mod.ts";
import type { MetricKind } from "../../mapping/mod.ts";
import type { WantedMetric } from "../protocol.ts";
import type { SqlDatabase } from "../sql_database.ts";

/** A series whose device or metric is not made yet. */
export interface WaitingSeries {
  readonly id: number;
  readonly device: string;
  readonly metric: WantedMetric;
}

/** A point that waits. */
export interface HeldPoint {
  readonly seriesId: number;
  readonly at: number;
  readonly value: number;
}

/** What waits of one series. */
export interface HeldSeries {
  readonly points: number;
  readonly lastAt: number;
  readonly lastValue: number;
}

/** Points under names that the gateway has not made yet, in the edge's file. */
export class WaitingPoints {
  readonly #database: SqlDatabase;
  #points: number;
  #series: readonly WaitingSeries[] | undefined;

  constructor(database: SqlDatabase) {
    this.#database = database;
    this.#points = this.#countPoints();
  }

  /** How many wait. */
  get pointCount(): number {
    return this.#points;
  }

  /** All series that points wait under; the same list until it changes. */
  listSeries(): readonly WaitingSeries[] {
    return this.#series ??= this.#database.all("select * from waiting_series order by id")
      .map(({ id, device, metric, unit, kind }) => ({
        id: Number(id),
        device: String(device),
        metric: { name: String(metric), unit: String(unit), kind: kind as MetricKind },
      }));
  }

  /** Values that wait at the instants of these points, `undefined` where none does. */
  findValues(points: readonly WaitingPoint[]): (number | undefined)[] {
    const rows = this.#database.all(
      `select waiting_points.value as held from json_each(?) as wanted
        left join waiting_series on device = wanted.value ->> 0 and metric = wanted.value ->> 1
        left join waiting_points on series_id = waiting_series.id and at = wanted.value ->> 2
        order by wanted.key`,
      [JSON.stringify(points.map(({ point: { device, metric, at } }) => [device, metric, at]))],
    );
    return rows.map(({ held }) => held === null ? undefined : Number(held));
  }

  /**
   * Keeps points of instants at which none waits, durably; the oldest make room for them.
   * @returns How many had to go.
   */
  add(points: readonly WaitingPoint[], pointsMax: number): number {
    if (points.length === 0) return 0;
    try {
      const dropped = this.#database.transaction(() => {
        this.#insert(points);
        const excess = this.#points + points.length - pointsMax;
        // In slices, as finding the oldest means to look at all.
        return excess > 0 ? this.#dropOldest(Math.max(excess, Math.floor(pointsMax / 20))) : 0;
      });
      this.#points += points.length - dropped;
      return dropped;
    } finally {
      // Also when nothing was stored: the list was read within.
      this.#series = undefined;
    }
  }

  /** Values are bound, as SQLite's own reading of a decimal may be off by one bit. */
  #insert(points: readonly WaitingPoint[]): void {
    const series = new Map(points.map(({ point, series }) => [
      keyOf(point.device, point.metric),
      [point.device, point.metric, series.unit, series.kind],
    ]));
    this.#database.run(
      `insert or ignore into waiting_series (device, metric, unit, kind)
        select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(?)`,
      [JSON.stringify([...series.values()])],
    );
    this.#series = undefined;
    const ids = new Map(
      this.listSeries().map(({ id, device, metric }) => [keyOf(device, metric.name), id]),
    );
    for (const { point: { device, metric, at, value } } of points) {
      this.#database.run(
        "insert into waiting_points (series_id, at, value) values (?, ?, ?)",
        [ids.get(keyOf(device, metric))!, at, value],
      );
    }
  }

  /** The oldest points of these series, by event time. */
  listOldest(seriesIds: readonly number[], first: number): readonly HeldPoint[] {
    return this.#database.all(
      `select series_id, at, value from waiting_points
        where series_id in (select value from json_each(?)) order by at, series_id limit ?`,
      [JSON.stringify(seriesIds), first],
    ).map(({ series_id, at, value }) => ({
      seriesId: Number(series_id),
      at: Number(at),
      value: Number(value),
    }));
  }

  /** Forgets points that are taken, and series of which none are left. */
  remove(points: readonly HeldPoint[]): void {
    this.#database.transaction(() => {
      this.#database.run(
        `delete from waiting_points where (series_id, at) in
          (select value ->> 0, value ->> 1 from json_each(?))`,
        [JSON.stringify(points.map(({ seriesId, at }) => [seriesId, at]))],
      );
      this.#forgetEmpty();
    });
    this.#settleGone();
  }

  /** Forgets a series with all that waits of it; gives what that was. */
  removeSeries(seriesId: number): HeldSeries | undefined {
    const held = this.#find(seriesId);
    this.#database.transaction(() => {
      this.#database.run("delete from waiting_points where series_id = ?", [seriesId]);
      this.#forgetEmpty();
    });
    this.#settleGone();
    return held;
  }

  /** Counted anew: room may have been made meanwhile. */
  #settleGone(): void {
    this.#points = this.#countPoints();
    this.#series = undefined;
  }

  #find(seriesId: number): HeldSeries | undefined {
    const [{ points, at, value }] = this.#database.all(
      "select count(*) as points, max(at) as at, value from waiting_points where series_id = ?",
      [seriesId],
    );
    if (points === 0) return undefined;
    return { points: Number(points), lastAt: Number(at), lastValue: Number(value) };
  }

  /** In the caller's transaction. */
  #dropOldest(count: number): number {
    this.#database.run(
      `delete from waiting_points where (series_id, at) in
        (select series_id, at from waiting_points order by at limit ?)`,
      [count],
    );
    this.#forgetEmpty();
    return count;
  }

  #forgetEmpty(): void {
    this.#database.run(
      `delete from waiting_series where not exists
        (select 1 from waiting_points where series_id = waiting_series.id)`,
    );
  }

  #countPoints(): number {
    const [{ points }] = this.#database.all("select count(*) as points from waiting_points");
    return Number(points);
  }
}

function keyOf(device: string, metric: string): string {
  return `${device}\n${metric}`;
}
