import type { DeviceEffects } from "../../../pipeline/mod.ts";
import { counterRates, serialiseSketch, sketchOf } from "../../../sketch/mod.ts";
import { isSuppressed } from "../../../time/mod.ts";
import type { SyncItem, WindowSketch } from "../protocol.ts";
import type { SqlDatabase, SqlRow } from "../sql_database.ts";
import type { KeptPoints } from "../store/kept_points.ts";
import type { DeviceRules } from "./device_rules.ts";
import { type PeriodWindow, windowAt } from "./period_window.ts";

/** Windows that one look closes: each reads some hundred points. */
const WINDOWS_PER_LOOK = 200;

/** Stretches of periods whose points do not go up, until their sketches do. */
export class OpenWindows {
  readonly #database: SqlDatabase;
  readonly #points: KeptPoints;
  readonly #rulesOf: (deviceId: string) => DeviceRules;
  /** The window of a device's last point. */
  readonly #windows = new Map<string, PeriodWindow>();

  constructor(
    database: SqlDatabase,
    points: KeptPoints,
    rulesOf: (deviceId: string) => DeviceRules,
  ) {
    this.#database = database;
    this.#points = points;
    this.#rulesOf = rulesOf;
  }

  /** Devices may have got other calendars. */
  reset(): void {
    this.#windows.clear();
  }

  /** Late points open a window again: its sketch is then told anew, with all of its values. */
  note({ deviceId, points }: Pick<DeviceEffects, "deviceId" | "points">): void {
    if (points.length === 0) return;
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

  /** Sketches of windows that are over, in the caller's transaction. */
  close(): SyncItem[] {
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
    this.#database.run(
      "delete from open_windows where device_id = ? and metric_id = ? and from_at = ?",
      [deviceId, metricId, window.from],
    );
    const { calendar, zone, counters } = this.#rulesOf(deviceId);
    const isCounter = counters.has(metricId);
    // A counter's first rate starts from the reading before.
    const span = { ...window, withOneBefore: isCounter };
    const points = this.#points.listSeries(deviceId, metricId, span);
    const readings = { at: points.map(({ at }) => at), value: points.map(({ value }) => value) };
    const { at, value } = isCounter ? counterRates(readings) : readings;
    const values = Array.from(value)
      .filter((_, index) => !isSuppressed(calendar, zone, at[index]));
    if (values.length === 0) return undefined;
    return { metricId, ...window, sketch: serialiseSketch(sketchOf(values)) };
  }

  #windowOf(deviceId: string, at: number): PeriodWindow {
    const last = this.#windows.get(deviceId);
    if (last !== undefined && last.from <= at && at < last.until) return last;
    const { calendar, zone } = this.#rulesOf(deviceId);
    const window = windowAt(calendar, zone, at);
    this.#windows.set(deviceId, window);
    return window;
  }
}
