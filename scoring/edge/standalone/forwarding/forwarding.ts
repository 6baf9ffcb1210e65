import type { AcceptedPoint, DeviceEffects } from "../../../pipeline/mod.ts";
import { serialiseSketch, sketchOf } from "../../../sketch/mod.ts";
import type { PeriodCalendar, ZoneTransitions } from "../../../time/mod.ts";
import { addCount } from "../outbox/mod.ts";
import { type PeriodWindow, windowAt } from "./period_window.ts";
import {
  FORWARDING_POLICIES,
  type ForwardingPolicy,
  type SyncItem,
  type WindowSketch,
} from "../protocol.ts";
import type { SqlDatabase, SqlRow } from "../store/mod.ts";

/** How far around an anomaly points go up: an hour shows what led to it and what became of it. */
export const AROUND_ANOMALY_MS = 3_600_000;

/** Windows that one look closes: each reads some hundred points. */
const WINDOWS_PER_LOOK = 200;

/** What is assigned to a device, as far as it says what goes up. */
export interface DeviceRules {
  /** By which periods values are kept apart. */
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
  /** By metric id, of those that detectors do not want raw. */
  readonly policies: ReadonlyMap<string, ForwardingPolicy>;
}

/** Decides what of a device's folds goes to the gateway, and makes sketches in place of the rest. */
export class Forwarding {
  readonly #database: SqlDatabase;
  readonly #policy: ForwardingPolicy;
  readonly #readRules: (deviceId: string) => DeviceRules;
  readonly #rules = new Map<string, DeviceRules>();
  /** The window of a device's last point. */
  readonly #windows = new Map<string, PeriodWindow>();

  /** @param policy The most that goes up, whatever the rules of a device say. */
  constructor(
    database: SqlDatabase,
    policy: ForwardingPolicy,
    readRules: (deviceId: string) => DeviceRules,
  ) {
    this.#database = database;
    this.#policy = policy;
    this.#readRules = readRules;
  }

  /** Devices may have got other rules. */
  reset(): void {
    this.#rules.clear();
    this.#windows.clear();
  }

  /** What goes up of a fold whose points are stored, in the caller's transaction; nothing where not given. */
  itemOf(effects: DeviceEffects): SyncItem | undefined {
    const { policies } = this.#rulesOf(effects.deviceId);
    if (this.#policy === "all" && policies.size === 0) return effects;
    const raw: AcceptedPoint[] = [];
    const reduced: AcceptedPoint[] = [];
    for (const point of effects.points) {
      (this.#policyOf(policies, point.metricId) === "all" ? raw : reduced).push(point);
    }
    const less = { ...effects, points: reduced };
    this.#noteWindows(less);
    // A block of points holds those of a metric side by side: here none is in both parts.
    const around = this.#mayFollow(policies) ? this.#aroundAnomalies(less, policies) : [];
    const points = [...raw, ...around];
    this.#countSaved(reduced, around);
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
    const { calendar, zone } = this.#rulesOf(deviceId);
    const window = windowAt(calendar, zone, at);
    this.#windows.set(deviceId, window);
    return window;
  }

  #rulesOf(deviceId: string): DeviceRules {
    const rules = this.#rules.get(deviceId) ?? this.#readRules(deviceId);
    this.#rules.set(deviceId, rules);
    return rules;
  }

  #policyOf(policies: DeviceRules["policies"], metricId: string): ForwardingPolicy {
    return lesser(this.#policy, policies.get(metricId) ?? "all");
  }

  /** Whether any metric may have the policy anomalies. */
  #mayFollow(policies: DeviceRules["policies"]): boolean {
    if (this.#policy !== "all") return this.#policy === "anomalies";
    return [...policies.values()].includes("anomalies");
  }

  /**
   * Points of the fold near an anomaly of the device, and what was stored before and is near a new one,
   * of metrics with the policy anomalies.
   */
  #aroundAnomalies(
    { deviceId, points, anomalies }: DeviceEffects,
    policies: DeviceRules["policies"],
  ): AcceptedPoint[] {
    const isWanted = ({ metricId }: AcceptedPoint) =>
      this.#policyOf(policies, metricId) === "anomalies";
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
        if (isWanted(point)) forwarded.set(keyOf(point), point);
      }
      near = { from: isFollowing ? near!.from : from, until };
    }
    if (near === undefined) return [];
    if (anomalies.length > 0) this.#keepNear(deviceId, near);
    for (const point of points) {
      if (point.at >= near.from && point.at < near.until && isWanted(point)) {
        forwarded.set(keyOf(point), point);
      }
    }
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

/** The one by which less goes up. */
function lesser(left: ForwardingPolicy, right: ForwardingPolicy): ForwardingPolicy {
  const isLess = FORWARDING_POLICIES.indexOf(left) < FORWARDING_POLICIES.indexOf(right);
  return isLess ? left : right;
}
