import type { Anomaly, IncidentChange } from "../incident/mod.ts";

/** A point that the pipeline has accepted. */
export interface AcceptedPoint {
  readonly metricId: string;
  readonly at: number;
  readonly value: number;
  /** Behind the watermark: stored, not scored. */
  readonly late: boolean;
}

/**
 * All that one fold of a device's points changes, as a value: a store commits it in one atomic
 * write, an edge's outbox keeps and sends it, the gateway applies it the same way.
 */
export interface DeviceEffects {
  readonly deviceId: string;
  /** Ascending by metric, then by event time. */
  readonly points: readonly AcceptedPoint[];
  /** The device's progress after the fold: buckets that end at or before it are closed. */
  readonly watermark: number;
  readonly anomalies: readonly Anomaly[];
  /** In the order in which they happened; an incident may change several times. */
  readonly incidentChanges: readonly IncidentChange[];
}
