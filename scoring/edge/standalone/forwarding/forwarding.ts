import type { AcceptedPoint, DeviceEffects } from "../../../pipeline/mod.ts";
import { addCount } from "../outbox/mod.ts";
import { FORWARDING_POLICIES, type ForwardingPolicy, type SyncItem } from "../protocol.ts";
import type { SqlDatabase } from "../sql_database.ts";
import type { KeptPoints } from "../store/kept_points.ts";
import type { DeviceRules } from "./device_rules.ts";
import { OpenWindows } from "./open_windows.ts";

/** How far around an anomaly points go up: an hour shows what led to it and what became of it. */
export const AROUND_ANOMALY_MS = 3_600_000;

export interface ForwardingOptions {
  readonly database: SqlDatabase;
  /** Where what goes up was stored before. */
  readonly points: KeptPoints;
  /** The most that goes up, whatever the rules of a device say. */
  readonly policy: ForwardingPolicy;
}

/** Decides what of a device's folds goes to the gateway, and makes sketches in place of the rest. */
export class Forwarding {
  readonly #database: SqlDatabase;
  readonly #points: KeptPoints;
  readonly #policy: ForwardingPolicy;
  readonly #readRules: (deviceId: string) => DeviceRules;
  readonly #rules = new Map<string, DeviceRules>();
  readonly #windows: OpenWindows;

  constructor(
    { database, points, policy }: ForwardingOptions,
    readRules: (deviceId: string) => DeviceRules,
  ) {
    this.#database = database;
    this.#points = points;
    this.#policy = policy;
    this.#readRules = readRules;
    this.#windows = new OpenWindows(database, points, (deviceId) => this.#rulesOf(deviceId));
  }

  /** Devices may have got other rules. */
  reset(): void {
    this.#rules.clear();
    this.#windows.reset();
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
    this.#windows.note(less);
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
    return this.#windows.close();
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
      for (const point of this.#points.listWithin(deviceId, unsentFrom, until)) {
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
