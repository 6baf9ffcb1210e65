import type { AcceptedPoint, DeviceEffects } from "../../../pipeline/mod.ts";
import { serialiseSketch, sketchOf } from "../../../sketch/mod.ts";
import {
  type PeriodCalendar,
  SMARTBOX_CALENDAR,
  UTC,
  type ZoneTransitions,
} from "../../../time/mod.ts";
import { addCount } from "../outbox/mod.ts";
import { type PeriodWindow, windowAt } from "./period_window.ts";
import type { SyncItem, WindowSketch } from "../protocol.ts";
import type { SqlDatabase, SqlRow } from "../store/mod.ts";

/**
 * What goes up beside anomalies and incidents, which always do. all: every point. aggregates: a sketch
 * of each metric in each period. anomalies: those, and the points around anomalies.
 */
export type ForwardingPolicy = "all" | "aggregates" | "anomalies";

export const FORWARDING_POLICIES: readonly ForwardingPolicy[] = ["all", "aggregates", "anomalies"];

/** How far around an anomaly points go up: an hour shows what led to it and what became of it. */
export const AROUND_ANOMALY_MS = 3_600_000;

/** Windows that one look closes: each reads some hundred points. */
const WINDOWS_PER_LOOK = 200;

/** By which periods a device's values are kept apart. */
export interface DeviceTime {
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
}

const DEFAULT_TIME: DeviceTime = { calendar: SMARTBOX_CALENDAR, zone: UTC };

/** Decides what of a device's folds goes to the gateway, and makes sketches in place of the rest. */
export class Forwarding {
  readonly #database: SqlDatabase;
  readonly #timeOf: (deviceId: string) => DeviceTime | undefined;
  readonly #times = new Map<string, DeviceTime>();
  /** The window of a device's last point. */
  readonly #windows = new Map<string, PeriodWindow>();

  /** @param timeOf Time of a device, by what it is assigned; `undefined` where nothing is. */
  constructor(
    database: SqlDatabase,
    readonly policy: ForwardingPolicy,
    timeOf: (deviceId: string) => DeviceTime | undefined,
  ) {
    this.#database = database;
    this.#timeOf = timeOf;
  }

  /** Devices may have got other times. */
  reset(): void {
    this.#times.clear();
    this.#windows.clear();
  }

  /** What goes up of a fold whose points are stored, in the caller's transaction; nothing where not given. */
  itemOf(effects: DeviceEffects): SyncItem | undefined {
    if (this.policy === "all") return effects;
    this.#noteWindows(effects);
    const points = this.policy === "anomalies" ? this.#aroundAnomalies(effects) : [];
    this.#countSaved(effects.points, points);
    const { anomalies, incidentChanges } = effects;
    const isEmpty = points.length + anomalies.length + incidentChanges.length === 0;
    return isEmpty ? undefined : { ...effects, points };
  }

  /** Sketches of windows that are over, in the caller's transaction. */
  closeWindows(): SyncItem[] {
    const rows = this.#database.all(
      `select device_id, metric_id, from_at, open_windows.until_at, period, watermark
        from open_windows join progress using (device_id)
        where open_windows.until_at <= watermark
        order by device_id, from_at, metric_id limit ${WINDOWS_PER_LOOK}`,
    );
    const byDevice = new Map<string, SqlRow[]>();
    for (const row of rows) {
      const own = byDevice.get(String(row.device_id));
      if (own === undefined) byDevice.set(String(row.device_id), [row]);
      else own.push(row);
    }
    return [...byDevice].map(([deviceId, own]): SyncItem => {
      const sketches = own.flatMap((row) =>
        this.#closed(deviceId, String(row.metric_id), {
          period: String(row.period),
          from: Number(row.from_at),
          until: Number(row.until_at),
        }) ?? []
      );
      const watermark = Number(own[0].watermark);
      return { deviceId, points: [], watermark, anomalies: [], incidentChanges: [], sketches };
    });
  }

  #closed(deviceId: string, metricId: string, window: PeriodWindow): WindowSketch | undefined {
    const { from, until } = window;
    this.#database.run(
      "delete from open_windows where device_id = ? and metric_id = ? and from_at = ?",
      [deviceId, metricId, from],
    );
    const rows = this.#database.all(
      "select value from points where device_id = ? and metric_id = ? and at >= ? and at < ?",
      [deviceId, metricId, from, until],
    );
    if (rows.length === 0) return undefined;
    const sketch = serialiseSketch(sketchOf(rows.map(({ value }) => Number(value))));
    return { metricId, ...window, sketch };
  }

  /** Late points open a window again: its sketch is then told anew, with all of its values. */
  #noteWindows({ deviceId, points }: DeviceEffects): void {
    const noted = new Map<string, readonly (string | number)[]>();
    for (const { metricId, at } of points) {
      const { period, from, until } = this.#windowOf(deviceId, at);
      noted.set(`${metricId} ${from}`, [metricId, from, until, period]);
    }
    this.#database.run(
      `insert or ignore into open_windows (device_id, metric_id, from_at, until_at, period)
        select ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(?)`,
      [deviceId, JSON.stringify([...noted.values()])],
    );
  }

  #windowOf(deviceId: string, at: number): PeriodWindow {
    const last = this.#windows.get(deviceId);
    if (last !== undefined && last.from <= at && at < last.until) return last;
    const time = this.#times.get(deviceId) ?? this.#timeOf(deviceId) ?? DEFAULT_TIME;
    this.#times.set(deviceId, time);
    const window = windowAt(time.calendar, time.zone, at);
    this.#windows.set(deviceId, window);
    return window;
  }

  /** Points of the fold near an anomaly, and what was stored before and is near a new one. */
  #aroundAnomalies({ deviceId, points, anomalies }: DeviceEffects): AcceptedPoint[] {
    const [row] = this.#database.all(
      "select from_at, until_at from anomaly_windows where device_id = ?",
      [deviceId],
    );
    let near = row && { from: Number(row.from_at), until: Number(row.until_at) };
    const forwarded = new Map<string, AcceptedPoint>();
    const keyOf = ({ metricId, at }: AcceptedPoint) => `${metricId} ${at}`;
    for (const { at } of anomalies) {
      const [from, until] = [at - AROUND_ANOMALY_MS, at + AROUND_ANOMALY_MS];
      const isFollowing = near !== undefined && from <= near.until;
      const unsentFrom = isFollowing ? near!.until : from;
      for (const point of this.#stored(deviceId, unsentFrom, until)) {
        forwarded.set(keyOf(point), point);
      }
      near = { from: isFollowing ? near!.from : from, until };
    }
    if (near === undefined) return [];
    if (anomalies.length > 0) this.#keepNear(deviceId, near);
    for (const point of points) {
      if (point.at >= near.from && point.at < near.until) forwarded.set(keyOf(point), point);
    }
    // A block of points holds those of a metric side by side.
    return [...forwarded.values()].sort((left, right) =>
      left.metricId === right.metricId
        ? left.at - right.at
        : left.metricId < right.metricId
        ? -1
        : 1
    );
  }

  #keepNear(deviceId: string, { from, until }: { from: number; until: number }): void {
    this.#database.run(
      "insert or replace into anomaly_windows (device_id, from_at, until_at) values (?, ?, ?)",
      [deviceId, from, until],
    );
  }

  #stored(deviceId: string, from: number, until: number): AcceptedPoint[] {
    const rows = this.#database.all(
      `select metric_id, at, value, late from points
        where device_id = ? and at >= ? and at < ? order by metric_id, at`,
      [deviceId, from, until],
    );
    return rows.map(({ metric_id, at, value, late }) => (
      { metricId: String(metric_id), at: Number(at), value: Number(value), late: late === 1 }
    ));
  }

  #countSaved(taken: readonly AcceptedPoint[], sent: readonly AcceptedPoint[]): void {
    const saved = JSON.stringify(taken).length - JSON.stringify(sent).length;
    addCount(this.#database, "bytesSaved", saved);
  }
}
