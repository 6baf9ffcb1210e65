import { adjustedPValues } from "./false_discovery.ts";
import { distancePValue, uniformDistance } from "./kolmogorov_smirnov.ts";
import { type PerformanceState, performanceState } from "./performance.ts";
import type { DriftPolicy } from "./policy.ts";
import {
  type DriftReference,
  type DriftRow,
  KNOWN_SHARE_MIN,
  windowProbabilities,
} from "./reference.ts";
import { driftSeverity, MAJOR_DRIFT_SEVERITY } from "./severity.ts";

/** Level of the tests: of each by itself for what is told, of all together for what is done. */
export const DRIFT_LEVEL = 0.05;
/** Windows that drift one after the other before something is done: one alone may be an incident. */
export const DRIFT_WINDOWS = 3;
/** After an action there is no other for this long, ms. */
export const DRIFT_COOL_DOWN_MS = 86_400_000;

/** One column of a window held against the reference. */
export interface ColumnDrift {
  /** Known values of the window. */
  readonly rows: number;
  /** Distance of Kolmogorov and Smirnov, 0 to 1. */
  readonly distance: number;
  readonly pValue: number;
  /** By the number of columns that were tested. */
  readonly adjustedPValue: number;
  /** Adjusted p-value and distance both say so. */
  readonly isDrifted: boolean;
  /** Windows in a row that have drifted, this one included. */
  readonly streak: number;
}

/**
 * ALARM: something is to be done, or was and the cool-down lasts. WATCH: a column has drifted, but not for
 * long enough, or F1 is below what a new model must have.
 */
export type DriftState = "STABLE" | "WATCH" | "ALARM";

/** What the monitors say of one window. */
export interface WindowDrift {
  /** First instant, ms. */
  readonly from: number;
  /** Instant before which it ends, ms. */
  readonly until: number;
  /** In the order of the reference's; `undefined` where too little is known. */
  readonly columns: readonly (ColumnDrift | undefined)[];
  /** Of the detector against labels, 0 to 1; null where there are too few. */
  readonly f1: number | null;
  /** 1 to 10, of what has drifted. */
  readonly severity: number;
  readonly state: DriftState;
  /** Something is to be done now. */
  readonly isAction: boolean;
}

/** What the monitors must know of the windows before. */
export interface DriftMemory {
  /** End of the window before, ms; -Infinity for none. */
  readonly until: number;
  /** Of each column. */
  readonly streaks: readonly number[];
  /** End of the window of the last action, ms; -Infinity for none. */
  readonly actedAt: number;
}

export const NO_DRIFT_MEMORY: DriftMemory = { until: -Infinity, streaks: [], actedAt: -Infinity };

/** A window's rows, and what is known of the detector's F1 by then. */
export interface DriftWindow {
  readonly from: number;
  readonly rows: readonly DriftRow[];
  readonly f1: number | null;
}

/**
 * Holds a window against the reference. `undefined` where no column is known well enough. A column has
 * drifted when its adjusted p-value is below 0.05 and its distance at least the policy's; after three
 * such windows in a row, or when F1 falls below 0.8, something is to be done, once in 24 hours.
 */
export function judgeWindow(
  reference: DriftReference,
  policy: DriftPolicy,
  window: DriftWindow,
  memory: DriftMemory,
): WindowDrift | undefined {
  const { from, f1 } = window;
  const until = from + reference.windowMs;
  const streaks = memory.until === from ? memory.streaks : [];
  const columns = drifted(compared(reference, window), policy, streaks);
  if (columns.every((column) => column === undefined)) return undefined;
  const performance = performanceState(f1);
  const isDue = performance === "ALARM" ||
    columns.some((column) => column !== undefined && column.streak >= DRIFT_WINDOWS);
  return {
    from,
    until,
    columns,
    f1,
    severity: severityOf(columns, performance),
    state: isDue ? "ALARM" : isWatched(columns, performance) ? "WATCH" : "STABLE",
    isAction: isDue && until - memory.actedAt >= DRIFT_COOL_DOWN_MS,
  };
}

/** What the next window must know. */
export function remembered(drift: WindowDrift, { actedAt }: DriftMemory): DriftMemory {
  return {
    until: drift.until,
    streaks: drift.columns.map((column) => column?.streak ?? 0),
    actedAt: drift.isAction ? drift.until : actedAt,
  };
}

type Comparison = Pick<ColumnDrift, "rows" | "distance" | "pValue">;

function compared(
  reference: DriftReference,
  { rows }: DriftWindow,
): (Comparison | undefined)[] {
  const wanted = KNOWN_SHARE_MIN * reference.windowMs / reference.bucketMs;
  return reference.columns.map(({ independence }, column) => {
    const { probabilities, referenceRows } = windowProbabilities(reference, column, rows);
    const count = probabilities.length;
    if (independence === 0 || count < wanted) return undefined;
    const distance = uniformDistance(Float64Array.from(probabilities).sort());
    // Both samples have as much less to say as their rows depend on one another.
    const size = independence * count * referenceRows / (count + referenceRows);
    return { rows: count, distance, pValue: distancePValue(distance, size) };
  });
}

function drifted(
  comparisons: readonly (Comparison | undefined)[],
  { distanceMin }: DriftPolicy,
  streaks: readonly number[],
): (ColumnDrift | undefined)[] {
  const adjusted = adjustedPValues(
    comparisons.flatMap((comparison) => comparison ? [comparison.pValue] : []),
  );
  let tested = 0;
  return comparisons.map((comparison, column) => {
    if (!comparison) return undefined;
    const adjustedPValue = adjusted[tested++];
    const isDrifted = adjustedPValue < DRIFT_LEVEL && comparison.distance >= distanceMin;
    const streak = isDrifted ? (streaks[column] ?? 0) + 1 : 0;
    return { ...comparison, adjustedPValue, isDrifted, streak };
  });
}

function severityOf(
  columns: readonly (ColumnDrift | undefined)[],
  performance: PerformanceState,
): number {
  const distances = columns.map((column) => column?.isDrifted ? column.distance : 0);
  const severity = driftSeverity(Math.max(0, ...distances));
  return performance === "ALARM" ? Math.max(severity, MAJOR_DRIFT_SEVERITY) : severity;
}

function isWatched(
  columns: readonly (ColumnDrift | undefined)[],
  performance: PerformanceState,
): boolean {
  return performance === "WATCH" || columns.some((column) => column?.isDrifted);
}
