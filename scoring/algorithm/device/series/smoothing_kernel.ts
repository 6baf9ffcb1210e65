import type { RowRing } from "./row_ring.ts";

/**
 * Weights of an exponential average by age, 0 for the newest row, ended after some rows: an average
 * without an end would keep a trace of where it began.
 *
 * @param share Weight of the newest row, in (0, 1).
 */
export function exponentialKernel(share: number, rows: number): Float64Array {
  const weights = new Float64Array(rows);
  let weight = 1;
  for (let age = 0; age < rows; age++) {
    weights[age] = weight;
    weight *= 1 - share;
  }
  return weights;
}

/** Weighted mean of the newest rows of a ring, column by column; of fewer rows while it fills. */
export function smoothRows(kernel: Float64Array, ring: RowRing, into: Float64Array): void {
  const { data, width, size } = ring;
  const rows = Math.min(kernel.length, ring.count);
  const newest = ring.offset(0);
  let total = 0;
  for (let age = 0; age < rows; age++) total += kernel[age];
  for (let column = 0; column < width; column++) {
    let sum = 0;
    let at = newest + column;
    for (let age = 0; age < rows; age++) {
      sum += kernel[age] * data[at];
      at = at < width ? at - width + size : at - width;
    }
    into[column] = sum / total;
  }
}
