import type { TimeRange } from "../detect/mod.ts";

/** A live model below it does no longer do. */
export const F1_ALARM = 0.8;
/** What a model must reach to be put into production; a live one below it is watched. */
export const F1_ACCEPTED = 0.85;
/** With fewer labels one more or less would decide. */
export const F1_LABELS_MIN = 10;

/** How a detector does by its labels; UNKNOWN where there are too few. */
export type PerformanceState = "UNKNOWN" | "GOOD" | "WATCH" | "ALARM";

/** What people know of a device's times. */
export interface LabelledTimes {
  readonly anomalous: readonly TimeRange[];
  readonly normal: readonly TimeRange[];
}

/**
 * F1 of alerts against labelled times, `null` with fewer than 10 labels or none that is anomalous. A
 * labelled anomaly is found when an alert meets it; an alert is false when it meets only a time that
 * is labelled normal. What nobody has labelled says nothing.
 */
export function labelledF1(
  { anomalous, normal }: LabelledTimes,
  alerts: readonly TimeRange[],
): number | null {
  if (anomalous.length === 0 || anomalous.length + normal.length < F1_LABELS_MIN) return null;
  const found = anomalous.filter((label) => isMet(label, alerts)).length;
  const wrong = alerts.filter((alert) => isMet(alert, normal) && !isMet(alert, anomalous)).length;
  return 2 * found / (anomalous.length + found + wrong);
}

/** What follows from an F1. */
export function performanceState(f1: number | null): PerformanceState {
  if (f1 === null) return "UNKNOWN";
  if (f1 < F1_ALARM) return "ALARM";
  return f1 < F1_ACCEPTED ? "WATCH" : "GOOD";
}

function isMet(range: TimeRange, others: readonly TimeRange[]): boolean {
  return others.some(({ from, until }) => from < range.until && range.from < until);
}
