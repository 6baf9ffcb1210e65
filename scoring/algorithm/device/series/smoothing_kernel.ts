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
  const rows = Math.min(kernel.length, ring.count);
  into.fill(0);
  let total = 0;
  for (let age = 0; age < rows; age++) {
    const weight = kernel[age];
    const start = ring.offset(age);
    total += weight;
    for (let column = 0; column < into.length; column++) {
      into[column] += weight * ring.data[start + column];
    }
  }
  for (let column = 0; column < into.length; column++) into[column] /= total;
}
