import type { Anomaly, Incident } from "../../../scoring/incident/mod.ts";

/** A suspected incident of a device. */
export function incidentOf(deviceId: string): Incident {
  return {
    id: "0123456789abcdef0123456789abcdef",
    detectorId: "d1",
    deviceId,
    fingerprint: "0123456789abcdef",
    kind: "RESOURCE",
    pattern: [{ metric: "load", direction: "HIGH" }],
    state: "SUSPECTED",
    severity: "HIGH",
    peakScore: 0.7123456789012345,
    peakAt: 1_000,
    openedAt: 1_000,
    lastAt: 1_000,
    confirmedAt: null,
    resolvedAt: null,
    closedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    anomalyCount: 1,
    quietBuckets: 0,
    version: 1,
  };
}

/** The anomaly that opened an incident. */
export function anomalyOf(
  { id: incidentId, detectorId, deviceId, fingerprint }: Incident,
): Anomaly {
  return {
    id: "fedcba9876543210fedcba9876543210",
    detectorId,
    deviceId,
    incidentId,
    fingerprint,
    kind: "RESOURCE",
    at: 1_000,
    topMetric: "load",
    value: 99.1,
    expected: 20.3,
    verdict: {
      score: 0.7123456789012345,
      threshold: 0.6,
      isAnomaly: true,
      severity: "HIGH",
      tail: 0.0001,
      confidence: 0.9999,
      period: "business",
      modelPeriod: "any",
      contributions: [],
      modelId: "m1",
      settingVersion: 1,
    },
  };
}
