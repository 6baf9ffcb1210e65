import type { Matrix } from "../forest/mod.ts";
import { exp2, ln, log2, medianAbsoluteDeviation, quantile } from "../numeric/mod.ts";
import type { Calibration, ThresholdMode } from "./model.ts";

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

export interface CalibrationOptions {
  readonly thresholdMode: ThresholdMode;
  /** Expected share of anomalous training rows, in (0, 0.5]; used by CONTAMINATION. */
  readonly contamination: number;
  /** Score of a point that takes the shortest path in every tree. */
  readonly saturation: number;
}

/** Calibration of a section from the scores of its training rows, of which there is at least one. */
export function fitCalibration(
  scores: Float64Array,
  rows: Matrix,
  { thresholdMode, contamination, saturation }: CalibrationOptions,
): Calibration {
  const sorted = scores.slice().sort();
  const quantiles = TAIL_QUANTILES.map((q) => quantile(sorted, q));
  const top = quantiles[GRID_STEPS];
  const meanExcess = Math.max(meanAbove(sorted, top), leastExcess(sorted.length, saturation - top));
  const threshold = thresholdMode === "CONTAMINATION"
    ? quantile(sorted, 1 - contamination)
    : autoThreshold(sorted.length, top, meanExcess, saturation);
  return {
    rows: sorted.length,
    quantiles,
    meanExcess,
    threshold,
    saturation,
    ...columnSpreads(rows),
  };
}

/**
 * Calibrated probability that a training row scores as high, in [2⁻¹⁰⁰, 1]. Mid-ranks with linear
 * interpolation up to the 98 % quantile, an exponential with the mean excess above it; strictly
 * decreasing in the score until the floor is met, which is not below saturation.
 */
export function tailOf(calibration: Calibration, score: number): number {
  const { quantiles, rows, meanExcess } = calibration;
  const top = quantiles[quantiles.length - 1];
  if (score > top) {
    const decay = exp2(-(score - top) / (meanExcess * LN2));
    return Math.max(TAIL_MIN, tailAtTop(rows) * decay);
  }
  const above = firstAtLeast(quantiles, score);
  const upper = tieRank(quantiles, above, rows);
  if (quantiles[above] === score) return 1 - upper;
  if (above === 0) return 1 - upper * Math.max(0, score / quantiles[0]);
  const below = above - 1;
  const lower = tieRank(quantiles, below, rows);
  const share = (score - quantiles[below]) / (quantiles[above] - quantiles[below]);
  return 1 - (lower + (upper - lower) * share);
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

/** The mean excess with which the tail meets its floor at saturation: with less, scores would tie below it. */
function leastExcess(rows: number, headroom: number): number {
  const bits = 100 + log2(tailAtTop(rows));
  // A forest that cannot tell its rows apart has no headroom; any positive number serves.
  return Math.max(headroom, exp2(-20)) / (LN2 * bits);
}

function autoThreshold(
  rows: number,
  top: number,
  meanExcess: number,
  saturation: number,
): number {
  const wanted = top + meanExcess * ln(tailAtTop(rows) / AUTO_TAIL);
  const limit = top + Math.max(0, saturation - top) * AUTO_REACH_MAX;
  return Math.min(wanted, limit);
}

/** Median and median absolute deviation of each column. */
function columnSpreads(rows: Matrix): Pick<Calibration, "medians" | "deviations"> {
  const medians: number[] = [];
  const deviations: number[] = [];
  for (let column = 0; column < rows.columnCount; column++) {
    const values = new Float64Array(rows.rowCount);
    for (let row = 0; row < rows.rowCount; row++) {
      values[row] = rows.data[row * rows.columnCount + column];
    }
    const centre = quantile(values.sort(), 0.5);
    medians.push(centre);
    deviations.push(medianAbsoluteDeviation(values, centre));
  }
  return { medians, deviations };
}
