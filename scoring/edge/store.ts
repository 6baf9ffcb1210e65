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
  /** By the tenant's own metric name. */
  readonly metrics: ReadonlyMap<string, MetricProfile>;
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
  /** Event time of the newest stored point, by which a new point is known to be new without a look-up. */
  readonly lastAt: number | null;
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
