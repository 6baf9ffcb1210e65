import { exp2 } from "../numeric/mod.ts";
import type { RowRange } from "./ranges.ts";

/** What a false alert and a missed window cost, in units of a window found at its start. */
export interface NabProfile {
  readonly falseAlert: number;
  readonly missedWindow: number;
}

/** The benchmark's three ways to weigh errors. */
export const NAB_PROFILES = {
  standard: { falseAlert: 0.11, missedWindow: 1 },
  low_fp: { falseAlert: 0.22, missedWindow: 1 },
  low_fn: { falseAlert: 0.11, missedWindow: 2 },
} as const satisfies Readonly<Record<string, NabProfile>>;

/** One labelled series. */
export interface NabSeries {
  /** One a row; a row alerts when its score reaches the threshold. */
  readonly scores: ArrayLike<number>;
  /** Ascending, without overlap. */
  readonly windows: readonly RowRange[];
}

/** Score of a set of series at the threshold that suits it best. */
export interface NabBest {
  readonly score: number;
  /** Infinity when it is best to stay silent. */
  readonly threshold: number;
}

const PROBATION_SHARE = 0.15;
const PROBATION_ROWS_MAX = 750;
/** Beyond this many window widths a false alert costs in full. */
const REACH_MAX = 3;
const LOG2_E = 1.4426950408889634;

/** Rows at the start of a series whose alerts count for nothing. */
export function probationRows(rowCount: number): number {
  return Math.min(Math.floor(PROBATION_SHARE * rowCount), PROBATION_ROWS_MAX);
}

/**
 * Score of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015): 100 for every window found at its
 * first row and no false alert, 0 for silence. A window earns by its earliest alert; every alert
 * outside costs by its distance to the window before it.
 *
 * @returns NaN when there are no windows.
 */
export function nabScore(
  series: readonly NabSeries[],
  profile: NabProfile,
  threshold: number,
): number {
  return sweep(series, profile, threshold).score;
}

/** The score with the one threshold for all series that gives the most. */
export function bestNabScore(series: readonly NabSeries[], profile: NabProfile): NabBest {
  return sweep(series, profile, undefined);
}

/** What an alert at a row brings. */
interface NabAlert {
  readonly score: number;
  /** Index of its window over all series, −1 outside. */
  readonly window: number;
  /** Earned by the window if this is its earliest alert, or the cost of a false alert, < 0. */
  readonly worth: number;
}

/** Lowers the threshold alert by alert; with `until` the sum there, else the best one on the way. */
function sweep(
  series: readonly NabSeries[],
  profile: NabProfile,
  until: number | undefined,
): NabBest {
  const windowCount = series.reduce((count, { windows }) => count + windows.length, 0);
  if (windowCount === 0) return { score: NaN, threshold: Infinity };
  const alerts = alertsOf(series, profile).sort((left, right) => right.score - left.score);
  const earned = new Float64Array(windowCount).fill(-profile.missedWindow);
  let sum = -profile.missedWindow * windowCount;
  let best = sum;
  let threshold = Infinity;
  alerts.forEach(({ score, window, worth }, index) => {
    if (until !== undefined && score < until) return;
    if (window < 0) sum += worth;
    else if (worth > earned[window]) {
      sum += worth - earned[window];
      earned[window] = worth;
    }
    const isLastOfScore = alerts[index + 1]?.score !== score;
    if (until === undefined && isLastOfScore && sum > best) [best, threshold] = [sum, score];
  });
  const { missedWindow } = profile;
  const raw = until === undefined ? best : sum;
  return {
    score: 100 * (raw + missedWindow * windowCount) / (windowCount * (1 + missedWindow)),
    threshold: until ?? threshold,
  };
}

function alertsOf(series: readonly NabSeries[], profile: NabProfile): NabAlert[] {
  const alerts: NabAlert[] = [];
  let windowsBefore = 0;
  for (const { scores, windows } of series) {
    let next = 0;
    for (let row = 0; row < scores.length; row++) {
      while (next < windows.length && windows[next][1] < row) next++;
      if (row < probationRows(scores.length)) continue;
      const isInside = next < windows.length && windows[next][0] <= row;
      alerts.push({
        score: scores[row],
        window: isInside ? windowsBefore + next : -1,
        worth: isInside
          ? earnedAt(row, windows[next])
          : profile.falseAlert * falseAlertAt(row, windows[next - 1]),
      });
    }
    windowsBefore += windows.length;
  }
  return alerts;
}

function earnedAt(row: number, [first, last]: RowRange): number {
  return sigmoid(-(last - row + 1) / (last - first + 1)) / sigmoid(-1);
}

function falseAlertAt(row: number, before: RowRange | undefined): number {
  if (!before) return -1;
  const [first, last] = before;
  const distance = (row - last) / (last - first);
  return distance > REACH_MAX ? -1 : sigmoid(distance);
}

/** 2 / (1 + e^(5x)) − 1: from 1 far before 0 to −1 far behind. */
function sigmoid(x: number): number {
  return 2 / (1 + exp2(5 * x * LOG2_E)) - 1;
}
