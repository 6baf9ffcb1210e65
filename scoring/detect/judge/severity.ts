import type { Severity, SeverityProfile } from "./verdict.ts";

/** Lower end of each band of the excess, from the worst; bands are half-open, below all is LOW. */
const BANDS: Readonly<Record<SeverityProfile, readonly (readonly [number, Severity])[]>> = {
  smartbox: [[0.6, "CRITICAL"], [0.3, "HIGH"], [0.1, "MEDIUM"]],
  phase3: [[0.8, "HIGH"], [0.4, "MEDIUM"]],
};

const RANKS: Readonly<Record<Severity, number>> = { LOW: 0, MEDIUM: 1, HIGH: 2, CRITICAL: 3 };

/**
 * How far a score lies between threshold and saturation, clipped to 0…1. A forest that cannot tell
 * rows apart saturates at its threshold: there, anything above it counts in full.
 */
export function excessOf(score: number, threshold: number, saturation: number): number {
  if (!(score > threshold)) return 0;
  if (!(saturation > threshold)) return 1;
  return Math.min(1, (score - threshold) / (saturation - threshold));
}

/** Severity of a flagged score; `null` when the score does not pass the threshold. */
export function severityOf(
  profile: SeverityProfile,
  score: number,
  threshold: number,
  saturation: number,
): Severity | null {
  if (!(score > threshold)) return null;
  const excess = excessOf(score, threshold, saturation);
  return BANDS[profile].find(([from]) => excess >= from)?.[1] ?? "LOW";
}

/** The worse of the two. */
export function worseSeverity(left: Severity, right: Severity): Severity {
  return RANKS[right] > RANKS[left] ? right : left;
}
