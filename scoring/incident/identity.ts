import { sha256 } from "@noble/hashes/sha2";
import type { AnomalyKind, PatternMetric } from "./incident.ts";

/** Whose anomaly or incident an id names. */
export interface IncidentSubject {
  readonly tenantId: string;
  readonly detectorId: string;
  readonly deviceId: string;
}

const ID_BYTES = 16;
const FINGERPRINT_BYTES = 8;

/**
 * Id of the incident that a bucket opened: 32 hex digits. A retry, a replay and a sync of the same
 * bucket give the same id, so nothing doubles.
 */
export function incidentId(
  subject: IncidentSubject,
  fingerprint: string,
  openedAt: number,
): string {
  const { tenantId, detectorId, deviceId } = subject;
  const parts = ["incident", tenantId, detectorId, deviceId, fingerprint, String(openedAt)];
  return digestOf(parts, ID_BYTES);
}

/** Id of the anomaly of the bucket that starts at `at`: 32 hex digits. */
export function anomalyId(subject: IncidentSubject, fingerprint: string, at: number): string {
  const { tenantId, detectorId, deviceId } = subject;
  const parts = ["anomaly", tenantId, detectorId, deviceId, fingerprint, String(at)];
  return digestOf(parts, ID_BYTES);
}

/** The stable name of a pattern on a device: 16 hex digits of who, what kind and which metrics how. */
export function fingerprintOf(
  subject: Pick<IncidentSubject, "tenantId" | "deviceId">,
  kind: AnomalyKind,
  pattern: readonly PatternMetric[],
): string {
  const metrics = pattern.map(({ metric, direction }) => `${metric}\n${direction}`).sort();
  const parts = ["fingerprint", subject.tenantId, subject.deviceId, kind, ...metrics];
  return digestOf(parts, FINGERPRINT_BYTES);
}

/** First bytes of SHA-256 over the parts, as hex. */
function digestOf(parts: readonly string[], bytes: number): string {
  const hash = sha256.create();
  const encoder = new TextEncoder();
  for (const part of parts) {
    const text = encoder.encode(part);
    // Each part after its length: ("ab", "c") and ("a", "bc") must not meet.
    hash.update(encoder.encode(`${text.length}:`)).update(text);
  }
  let hex = "";
  for (const byte of hash.digest().subarray(0, bytes)) hex += byte.toString(16).padStart(2, "0");
  return hex;
}
