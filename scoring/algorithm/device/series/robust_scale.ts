import type { Matrix } from "../../../forest/mod.ts";
import { medianAbsoluteDeviation, quantile } from "../../../numeric/mod.ts";

/** Centre and scale of each column, by which rows are made comparable. */
export interface ColumnScale {
  /** What is usual: the median, or the mean, of training. */
  readonly center: Float32Array;
  /** Above 0. */
  readonly scale: Float32Array;
}

/** Scaled values are cut off here: past it, farther off is not more telling. */
export const SCALED_MAX = 10;

/** The median absolute deviation of normally distributed values is their standard deviation over it. */
export const DEVIATIONS_PER_MAD = 1.4826;
/** A metric that rests most of the time has a deviation near 0; its range speaks for it then. */
const RANGE_SHARE = 0.2;
/** Of the whole range, of a metric that left its rest in less than a row of a hundred. */
const RARE_RANGE_SHARE = 0.1;
/** Of the value itself, of a metric that was constant. */
const CONSTANT_SHARE = 1e-3;
/** Keeps scales apart from 0 and from infinity as 32-bit numbers. */
const SCALE_MIN = 1e-30;
const SCALE_MAX = 1e38;

/** Median, and deviation from it, of the finite values of each column of the training rows. */
export function fitRobustScale({ data, rowCount, columnCount }: Matrix): ColumnScale {
  const center = new Float32Array(columnCount);
  const scale = new Float32Array(columnCount);
  const known = new Float32Array(rowCount);
  for (let column = 0; column < columnCount; column++) {
    let count = 0;
    for (let row = 0; row < rowCount; row++) {
      const value = data[row * columnCount + column];
      if (Math.abs(value) < Infinity) known[count++] = value;
    }
    const sorted = known.subarray(0, count).sort();
    const middle = count === 0 ? 0 : quantile(sorted, 0.5);
    center[column] = middle;
    scale[column] = boundedScale(scaleOf(sorted, middle));
  }
  return { center, scale };
}

/** A scale that stays above 0 and finite as a 32-bit number. */
export function boundedScale(scale: number): number {
  return Math.min(Math.max(scale, SCALE_MIN), SCALE_MAX);
}

function scaleOf(sorted: Float32Array, middle: number): number {
  if (sorted.length === 0) return 1;
  const usual = quantile(sorted, 0.99) - quantile(sorted, 0.01);
  const deviation = DEVIATIONS_PER_MAD * medianAbsoluteDeviation(sorted, middle);
  const scale = Math.max(deviation, RANGE_SHARE * usual);
  if (scale > 0) return scale;
  const range = sorted[sorted.length - 1] - sorted[0];
  if (range > 0) return RARE_RANGE_SHARE * range;
  return CONSTANT_SHARE * Math.max(1, Math.abs(sorted[0]));
}
