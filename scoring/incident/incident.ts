import type { Severity, Verdict } from "../detect/judge/verdict.ts";

export type IncidentState = "SUSPECTED" | "OPEN" | "RECOVERING" | "RESOLVED" | "CLOSED";

/**
 * CREATE: first anomalous bucket (SUSPECTED). CONFIRM: enough of them (OPEN). CONTINUE: any further
 * anomalous bucket, so that a row never differs from its last event. RECOVER: first normal bucket.
 * RESOLVE: grace is over, or a person says so. REOPEN: the same pattern within the separation. CLOSE: the
 * separation is over, or a suspicion has lapsed. ACKNOWLEDGE: a person has seen it. SILENCE: a person
 * wants to hear no more of it for a time, or again.
 */
export type IncidentAction =
  | "CREATE"
  | "CONFIRM"
  | "CONTINUE"
  | "RECOVER"
  | "RESOLVE"
  | "REOPEN"
  | "CLOSE"
  | "ACKNOWLEDGE"
  | "SILENCE";

/** When a suspicion becomes an incident and when one ends (R20). */
export interface IncidentPolicy {
  /** Anomalous buckets that open an incident, ≥ 1. */
  readonly confirmBuckets: number;
  /** Normal or silent buckets in a row that resolve one, ≥ 1. */
  readonly graceBuckets: number;
  /** Event time after the last anomalous bucket within which the same pattern reopens it. */
  readonly separationMs: number;
}

export const DEFAULT_INCIDENT_POLICY: IncidentPolicy = {
  confirmBuckets: 2,
  graceBuckets: 3,
  separationMs: 30 * 60_000,
};

/** A metric in an incident's pattern, and to which side of the expected value it went. */
export interface PatternMetric {
  readonly metric: string;
  readonly direction: "HIGH" | "LOW";
}

/** RESOURCE, PERFORMANCE, TRAFFIC or SYSTEM: from the leading metric's category (E12). */
export type AnomalyKind = "RESOURCE" | "PERFORMANCE" | "TRAFFIC" | "SYSTEM";

/** One occurrence of a fingerprint, as plain data; every change makes a new value with version + 1. */
export interface Incident {
  /** 32 hex digits, see `incidentId()`. */
  readonly id: string;
  readonly detectorId: string;
  readonly deviceId: string;
  readonly fingerprint: string;
  readonly kind: AnomalyKind;
  readonly pattern: readonly PatternMetric[];
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly peakScore: number;
  readonly peakAt: number;
  /** Start of the first anomalous bucket. */
  readonly openedAt: number;
  /** Start of the last anomalous bucket. */
  readonly lastAt: number;
  readonly confirmedAt: number | null;
  readonly resolvedAt: number | null;
  readonly closedAt: number | null;
  readonly acknowledgedAt: number | null;
  readonly acknowledgedBy: string | null;
  /** Until when by the wall clock nobody wants to hear of it, ms; not given while everybody does. */
  readonly silencedUntil?: number;
  readonly silencedBy?: string;
  readonly anomalyCount: number;
  /** Normal or silent buckets since the last anomalous one, as of this version. */
  readonly quietBuckets: number;
  readonly version: number;
}

/** One step of an incident's life, in order; `incident` is the snapshot after it. */
export interface IncidentChange {
  readonly action: IncidentAction;
  /** Event time of the bucket that caused it (wall clock for a person's action). */
  readonly at: number;
  readonly incident: Incident;
}

/** A verdict past its threshold, kept. */
export interface Anomaly {
  /** 32 hex digits, see `anomalyId()`. */
  readonly id: string;
  readonly detectorId: string;
  readonly deviceId: string;
  readonly incidentId: string;
  readonly fingerprint: string;
  readonly kind: AnomalyKind;
  /** Start of the bucket judged, ms. */
  readonly at: number;
  readonly verdict: Verdict;
  /** Leading metric, with the value seen and the value expected. */
  readonly topMetric: string;
  readonly value: number;
  readonly expected: number;
}
