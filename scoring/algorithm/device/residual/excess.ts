import type { Matrix } from "../../../forest/mod.ts";
import { quantileOfSizes } from "../../../numeric/mod.ts";

/** A residual counts from here on, in units of its scale: half of what one row in twenty had. */
const EXCESS_FROM = 1;
/** No column counts for more: many that are off are worse than one that is far off. */
const EXCESS_MAX = 20;
const SCALE_SHARE = 0.5;
const SCALE_MIN = 1e-3;

/** Scale of each column's residuals: half of what one training row in twenty exceeded. */
export function residualScale({ data, rowCount, columnCount }: Matrix, firstRow: number) {
  const scale = new Float32Array(columnCount);
  for (let column = 0; column < columnCount; column++) {
    const sizes = new Float64Array(Math.max(1, rowCount - firstRow));
    for (let row = firstRow; row < rowCount; row++) {
      sizes[row - firstRow] = Math.abs(data[row * columnCount + column]);
    }
    scale[column] = Math.max(SCALE_SHARE * quantileOfSizes(sizes, 0.95), SCALE_MIN);
  }
  return scale;
}

/** How far a residual is beyond what is usual, 0 to `EXCESS_MAX`. */
export function excessOf(residual: number, scale: number): number {
  return Math.max(0, Math.min(Math.abs(residual) / scale - EXCESS_FROM, EXCESS_MAX));
}

/** Mean over the columns. */
export function meanExcess(residuals: Float64Array, scale: Float32Array): number {
  let sum = 0;
  for (let column = 0; column < residuals.length; column++) {
    sum += excessOf(residuals[column], scale[column]);
  }
  return sum / residuals.length;
}

/** Mean of the three greatest of some values of at least 0; of all where there are fewer. */
export function meanOfGreatest(values: Float64Array): number {
  let first = 0;
  let second = 0;
  let third = 0;
  for (const value of values) {
    third = Math.max(third, Math.min(second, value));
    second = Math.max(second, Math.min(first, value));
    first = Math.max(first, value);
  }
  return (first + second + third) / Math.min(3, values.length);
}
