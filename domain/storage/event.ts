/** What a row of the tenant's ordered log tells. The payload is the subject's full snapshot. */
export type EventType =
  | "device.created"
  | "device.updated"
  | "metric.created"
  | "metric.updated"
  | "detector.created"
  | "detector.updated"
  | "model.fitted"
  | "baseline.built"
  | "anomaly.detected"
  | "incident.changed"
  | "job.changed"
  | "drift.found"
  | "edge.changed"
  | "mapping.updated";

export interface TreelineEvent {
  /** Position in the log: grows, never repeats, has gaps. */
  readonly seq: number;
  readonly tenantId: string;
  readonly type: EventType;
  readonly subjectId: string;
  /** JSON value; its shape follows from `type`. */
  readonly payload: unknown;
  /** Wall clock of the commit, ms. */
  readonly at: number;
}
