import type { AlertLevels, ScoreScale } from "../algorithm/mod.ts";
import type { Matrix } from "../forest/mod.ts";
import { exp2, ln, log2, medianAbsoluteDeviation, quantile } from "../numeric/mod.ts";
import type { Calibration, ScoreDistribution, ThresholdMode } from "./model.ts";

const LN2 = 0.6931471805599453;

/** Where the empirical distribution ends and its exponential tail begins. */
const TAIL_FROM = 0.98;
const GRID_STEPS = 64;

/** Quantiles of the training scores that a calibration keeps: 65 even steps from 0 to 0.98. */
export const TAIL_QUANTILES: readonly number[] = Array.from(
  { length: GRID_STEPS + 1 },
  (_, step) => step / GRID_STEPS * TAIL_FROM,
);

/** The smallest tail told: beyond it an estimate from some thousand rows means nothing. */
export const TAIL_MIN = exp2(-100);

/** An AUTO threshold is the score whose tail is this: one false alarm in a thousand buckets. */
const AUTO_TAIL = 0.001;

/**
 * An AUTO threshold lies at most this part of the way from the 98 % quantile to saturation. Training rows
 * that hold anomalies fatten the tail, and without a limit nothing could pass its 0.001 any more.
 */
const AUTO_REACH_MAX = 0.5;

/** Surprise, −log2 of the tail, at which a relative score is 0.5: a tail of 0.01. */
const HALF_SURPRISE = 6.643856189774724;
/** Surprise from which a relative score counts as the worst there can be. */
const SATURATION_SURPRISE = 40;
const RELATIVE_SATURATION = SATURATION_SURPRISE / (SATURATION_SURPRISE + HALF_SURPRISE);

export interface CalibrationOptions {
  readonly thresholdMode: ThresholdMode;
  /** Expected share of anomalous training rows, in (0, 0.5]; used by CONTAMINATION. */
  readonly contamination: number;
  /** What the scores are; default `absolute`. */
  readonly scale?: ScoreScale;
  /** The worst absolute score, default 1: of a point that takes the shortest path in every tree. */
  readonly saturation?: number;
  /** The method's own decision, which AUTO takes over. */
  readonly alerts?: AlertLevels;
}

/** Calibration of a section from the scores of its training rows, of which there is at least one. */
export function fitCalibration(
  scores: Float64Array,
  rows: Matrix,
  options: CalibrationOptions,
): Calibration {
  const sorted = scores.slice().sort();
  const { scale = "absolute", saturation = 1 } = options;
  const quantiles = TAIL_QUANTILES.map((q) => quantile(sorted, q));
  const top = quantiles[GRID_STEPS];
  const headroom = scale === "absolute" ? saturation - top : top - quantiles[0];
  const meanExcess = Math.max(meanAbove(sorted, top), leastExcess(sorted.length, headroom));
  const distribution = { rows: sorted.length, quantiles, meanExcess };
  const levels = levelsOf(sorted, distribution, options);
  return {
    ...distribution,
    ...levels,
    saturation: scale === "absolute" ? saturation : relativeSaturation(levels),
    ...columnSpreads(rows),
  };
}

/** Beyond the threshold, wherever it lies, so that severities differ. */
function relativeSaturation({ threshold }: AlertLevels): number {
  return threshold < RELATIVE_SATURATION ? RELATIVE_SATURATION : (1 + threshold) / 2;
}

/**
 * The anomalyScore of a method's own score: an absolute one is one, a relative one becomes
 * z / (z + 6.64), z = −log2 of its tail.
 */
export function anomalyScoreOf(
  distribution: ScoreDistribution,
  score: number,
  scale: ScoreScale,
): number {
  if (scale === "absolute") return score;
  const surprise = surpriseOf(distribution, score);
  return surprise / (surprise + HALF_SURPRISE);
}

/** −log2 of the tail, which goes on where the tail has met its floor: so that no two scores tie. */
function surpriseOf(distribution: ScoreDistribution, score: number): number {
  const { quantiles, rows, meanExcess } = distribution;
  const top = quantiles[GRID_STEPS];
  if (score <= top) return -log2(tailOf(distribution, score));
  return (score - top) / (meanExcess * LN2) - log2(tailAtTop(rows));
}

function levelsOf(
  sorted: Float64Array,
  distribution: ScoreDistribution,
  { thresholdMode, contamination, scale = "absolute", saturation = 1, alerts }: CalibrationOptions,
): AlertLevels {
  const levelOf = (score: number) => anomalyScoreOf(distribution, score, scale);
  if (thresholdMode !== "CONTAMINATION" && alerts) {
    return { threshold: levelOf(alerts.threshold), release: levelOf(alerts.release) };
  }
  const limit = scale === "absolute" ? saturation : Infinity;
  // The modes that choose by more than scores start from the automatic one.
  const threshold = levelOf(
    thresholdMode === "CONTAMINATION"
      ? quantile(sorted, 1 - contamination)
      : autoThreshold(distribution, limit),
  );
  return { threshold, release: threshold };
}

/**
 * Calibrated probability that a training row scores as high, in [2⁻¹⁰⁰, 1]. Mid-ranks with linear
 * interpolation up to the 98 % quantile, an exponential with the mean excess above it; strictly
 * decreasing in the score until the floor is met, which is not below saturation.
 */
export function tailOf(distribution: ScoreDistribution, score: number): number {
  const { quantiles, rows, meanExcess } = distribution;
  const top = quantiles[quantiles.length - 1];
  if (score > top) {
    const decay = exp2(-(score - top) / (meanExcess * LN2));
    return Math.max(TAIL_MIN, tailAtTop(rows) * decay);
  }
  const above = firstAtLeast(quantiles, score);
  const upper = tieRank(quantiles, above, rows);
  if (quantiles[above] === score) return 1 - upper;
  if (above === 0) return 1 - upper * shareBelow(score, quantiles[0], top);
  const below = above - 1;
  const lower = tieRank(quantiles, below, rows);
  const share = (score - quantiles[below]) / (quantiles[above] - quantiles[below]);
  return 1 - (lower + (upper - lower) * share);
}

/**
 * The score whose tail is the one given: the inverse of `tailOf` above the median, the median below
 * it.
 *
 * @param tail In (0, 1].
 */
export function scoreAtTail(distribution: ScoreDistribution, tail: number): number {
  const { quantiles, rows, meanExcess } = distribution;
  const top = quantiles[GRID_STEPS];
  const atTop = tailAtTop(rows);
  if (tail < atTop) return top + meanExcess * ln(atTop / Math.max(tail, TAIL_MIN));
  let low = quantiles[GRID_STEPS / 2];
  let high = top;
  // Halving a gap of doubles 64 times leaves none.
  for (let step = 0; step < 64; step++) {
    const middle = low + (high - low) / 2;
    if (tailOf(distribution, middle) > tail) low = middle;
    else high = middle;
  }
  return high;
}

/** How much of the lowest rank a score below it keeps: falling to 0 at a score of 0, or ever more slowly. */
function shareBelow(score: number, lowest: number, top: number): number {
  if (lowest > 0) return Math.max(0, score / lowest);
  const spread = Math.max(top - lowest, LEAST_SPREAD);
  return spread / (spread + lowest - score);
}

/** Mid-rank of the grid's step as a share of the rows: (rank + ½) / rows with ranks from 0. */
function rankShare(step: number, rows: number): number {
  return (TAIL_QUANTILES[step] * (rows - 1) + 0.5) / rows;
}

/** Mean mid-rank of all steps whose quantile equals this one's. */
function tieRank(quantiles: readonly number[], step: number, rows: number): number {
  let first = step;
  let last = step;
  while (first > 0 && quantiles[first - 1] === quantiles[step]) first--;
  while (last + 1 < quantiles.length && quantiles[last + 1] === quantiles[step]) last++;
  return (rankShare(first, rows) + rankShare(last, rows)) / 2;
}

function tailAtTop(rows: number): number {
  return 1 - rankShare(GRID_STEPS, rows);
}

/** Least index whose quantile is not below the score, which is at most the last one. */
function firstAtLeast(quantiles: readonly number[], score: number): number {
  let low = 0;
  let high = quantiles.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (quantiles[middle] < score) low = middle + 1;
    else high = middle;
  }
  return low;
}

function meanAbove(sorted: Float64Array, top: number): number {
  let sum = 0;
  let count = 0;
  for (let i = sorted.length - 1; i >= 0 && sorted[i] > top; i--) {
    sum += sorted[i] - top;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/** Stands in for the spread of scores that are all the same. */
const LEAST_SPREAD = exp2(-20);

/** The mean excess with which the tail meets its floor at saturation: with less, scores would tie below it. */
function leastExcess(rows: number, headroom: number): number {
  const bits = 100 + log2(tailAtTop(rows));
  // A forest that cannot tell its rows apart has no headroom; any positive number serves.
  return Math.max(headroom, LEAST_SPREAD) / (LN2 * bits);
}

function autoThreshold(
  { rows, quantiles, meanExcess }: ScoreDistribution,
  saturation: number,
): number {
  const top = quantiles[GRID_STEPS];
  const wanted = top + meanExcess * ln(tailAtTop(rows) / AUTO_TAIL);
  const limit = top + Math.max(0, saturation - top) * AUTO_REACH_MAX;
  return Math.min(wanted, limit);
}

/** Median and median absolute deviation of each column's known values; 0 where none is known. */
function columnSpreads(rows: Matrix): Pick<Calibration, "medians" | "deviations"> {
  const medians: number[] = [];
  const deviations: number[] = [];
  for (let column = 0; column < rows.columnCount; column++) {
    const values = knownValues(rows, column).sort();
    const centre = values.length > 0 ? quantile(values, 0.5) : 0;
    medians.push(centre);
    deviations.push(values.length > 0 ? medianAbsoluteDeviation(values, centre) : 0);
  }
  return { medians, deviations };
}

function knownValues({ data, rowCount, columnCount }: Matrix, column: number): Float64Array {
  const values = new Float64Array(rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    const value = data[row * columnCount + column];
    if (value === value) values[count++] = value;
  }
  return values.subarray(0, count);
}
