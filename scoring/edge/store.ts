import type { DeviceEffects } from "../pipeline/mod.ts";
import type { Incident } from "../incident/mod.ts";
import type { Setting } from "../detect/mod.ts";

/** What an edge must know of a device before it can judge its points. */
export interface DeviceProfile {
  readonly deviceId: string;
  /** The tenant's own name, as `TelemetryPoint.device`. */
  readonly name: string;
  /** Points that are older than the newest by more than this are late. */
  readonly latenessMs: number;
  readonly watermark: number | null;
  /** All that the tenant measures. */
  readonly metrics: Vocabulary;
  /** Detector × model that judge this device now. */
  readonly assignments: readonly Assignment[];
  /** Incidents that are not CLOSED. */
  readonly incidents: readonly Incident[];
}

export interface MetricProfile {
  readonly metricId: string;
  readonly category: string;
  readonly minValue: number | null;
  readonly maxValue: number | null;
}

/**
 * What a tenant measures, by its own names. All of its devices share one such map, and whatever folds
 * their points keeps it: new metrics join it in place, and where one has changed, or is gone, there is
 * another map.
 */
export type Vocabulary = ReadonlyMap<string, MetricProfile>;

/** The vocabulary after the one before; the same map where all that it had is as it was. */
export function nextVocabulary(
  before: Map<string, MetricProfile>,
  metrics: readonly (readonly [name: string, profile: MetricProfile])[],
): Map<string, MetricProfile> {
  let known = 0;
  for (const [name, profile] of metrics) {
    const last = before.get(name);
    if (last === undefined) continue;
    if (!isSameMetric(last, profile)) return new Map(metrics);
    known++;
  }
  if (known < before.size) return new Map(metrics);
  if (known < metrics.length) {
    for (const [name, profile] of metrics) if (!before.has(name)) before.set(name, profile);
  }
  return before;
}

function isSameMetric(left: MetricProfile, right: MetricProfile): boolean {
  return left.metricId === right.metricId && left.category === right.category &&
    left.minValue === right.minValue && left.maxValue === right.maxValue;
}

export interface Assignment {
  readonly detectorId: string;
  /** Content hash of the bundle; fetched by `loadBundle`. */
  readonly modelId: string;
  readonly setting: Setting;
}

/** A stored point, by metric name. */
export interface StoredPoint {
  readonly metric: string;
  readonly at: number;
  readonly value: number;
}

/** An instant of a series. */
export interface PointKey {
  readonly metricId: string;
  readonly at: number;
}

/**
 * Where an edge keeps what it has acknowledged. One per tenant. The gateway's is backed by libSQL, a
 * stand-alone edge's by a SQLite file.
 */
export interface EdgeStore {
  /** Device by the tenant's own name. */
  findDevice(name: string): Promise<DeviceProfile | undefined>;
  /**
   * Event time of the newest stored point of each series of a device, by metric id: what is newer is
   * known to be new without a look-up.
   */
  listNewest(deviceId: string): Promise<Map<string, number>>;
  /** Values stored at these instants, `undefined` where there is none. */
  findValues(deviceId: string, keys: readonly PointKey[]): Promise<(number | undefined)[]>;
  /** Points that are not late with from ≤ at, ascending by event time: what an evaluator folds again. */
  listPoints(deviceId: string, metrics: readonly string[], from: number): Promise<StoredPoint[]>;
  /** The bytes of a model's bundle, signature included. */
  loadBundle(modelId: string): Promise<Uint8Array>;
  /**
   * Commits all effects or none, durably. Rejects with `StaleDeviceError` when a device or one of its
   * incidents has changed since its profile was read: the caller reads and folds again.
   */
  commit(effects: readonly DeviceEffects[]): Promise<void>;
  /** A number that grows whenever a device's assignments, metrics or incidents were changed by others. */
  revision(): number;
  /**
   * Names of the devices with an incident that is not CLOSED: after a start their silence must be
   * noticed although they send nothing.
   */
  listActiveDevices?(): Promise<readonly string[]>;
}

/** The profile that a fold was based on is no longer true. */
export class StaleDeviceError extends Error {
  override readonly name = "StaleDeviceError";
  constructor(readonly deviceId: string) {
    super(`Cannot commit device "${deviceId}" as it has changed since it was read`);
  }
}

/** A stand-alone edge holds as much as it may that its gateway has not taken. */
export class OutboxFullError extends Error {
  override readonly name = "OutboxFullError";
  constructor(readonly limit: number) {
    super(`Cannot keep more as ${limit} bytes wait for the gateway`);
  }
}

/** A stand-alone edge's disk has no room, or its file may not take more of it. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";
  constructor(readonly limit: number) {
    super(`Cannot keep more as the disk is full, or ${limit} bytes of it are taken`);
  }
}
