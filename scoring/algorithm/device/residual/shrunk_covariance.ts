import type { Matrix } from "../../../forest/mod.ts";
import { cholesky, solveCholesky } from "../../../numeric/mod.ts";

/** Mean and spread of rows, with what distances need. */
export interface ShrunkCovariance {
  readonly mean: Float32Array;
  /** Lower Cholesky factor of the covariance, row after row without what is above the diagonal. */
  readonly factor: Float32Array;
}

/** Share of the scaled identity; in between many columns the covariance alone is uncertain. */
const SHRINKAGE = 0.1;
/** Least variance, in squares of scaled values: rows that never moved must not be infinitely far. */
const VARIANCE_MIN = 1e-6;

/** Numbers of the factor for so many columns. */
export function triangleSize(columnCount: number): number {
  return columnCount * (columnCount + 1) / 2;
}

/**
 * Covariance of the rows from one on, shrunk to the scaled identity with the same trace (Ledoit and
 * Wolf 2004, with a fixed share).
 */
export function fitShrunkCovariance(rows: Matrix, firstRow: number): ShrunkCovariance {
  const { columnCount: size } = rows;
  const mean = meanOf(rows, firstRow);
  const covariance = covarianceOf(rows, firstRow, mean);
  let trace = 0;
  for (let column = 0; column < size; column++) trace += covariance[column * size + column];
  for (let at = 0; at < covariance.length; at++) covariance[at] *= 1 - SHRINKAGE;
  for (let column = 0; column < size; column++) {
    covariance[column * size + column] += SHRINKAGE * trace / size + VARIANCE_MIN;
  }
  const full = cholesky(covariance, size, VARIANCE_MIN);
  const factor = new Float32Array(triangleSize(size));
  let next = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) factor[next++] = full[row * size + column];
  }
  return { mean: Float32Array.from(mean), factor };
}

/**
 * Mahalanobis distance of a row from the mean, over the root of the number of columns: about 1 for
 * an ordinary row (Mahalanobis 1936).
 *
 * @param white Scratch; gets the row without its correlations.
 */
export function mahalanobisDistance(
  { mean, factor }: ShrunkCovariance,
  row: Float64Array,
  white: Float64Array,
): number {
  let squares = 0;
  let start = 0;
  for (let column = 0; column < row.length; column++) {
    let rest = row[column] - mean[column];
    for (let k = 0; k < column; k++) rest -= factor[start + k] * white[k];
    start += column;
    white[column] = rest / factor[start];
    start++;
    squares += white[column] * white[column];
  }
  return Math.sqrt(squares / row.length);
}

/**
 * Each column's part in the squared distance, (x − μ)ⱼ (Σ⁻¹(x − μ))ⱼ, whose sum it is; a column that
 * brings the row nearer has none.
 */
export function distanceParts(
  { mean, factor }: ShrunkCovariance,
  row: Float64Array,
  into: Float64Array,
): void {
  const size = row.length;
  const full = new Float64Array(size * size);
  for (let line = 0, next = 0; line < size; line++) {
    for (let column = 0; column <= line; column++) full[line * size + column] = factor[next++];
  }
  for (let column = 0; column < size; column++) into[column] = row[column] - mean[column];
  solveCholesky(full, size, into);
  for (let column = 0; column < size; column++) {
    into[column] = Math.max(0, into[column] * (row[column] - mean[column]));
  }
}

function meanOf({ data, rowCount, columnCount }: Matrix, firstRow: number): Float64Array {
  const mean = new Float64Array(columnCount);
  const rows = Math.max(1, rowCount - firstRow);
  for (let row = firstRow; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      mean[column] += data[row * columnCount + column] / rows;
    }
  }
  return mean;
}

function covarianceOf(
  { data, rowCount, columnCount }: Matrix,
  firstRow: number,
  mean: Float64Array,
): Float64Array {
  const covariance = new Float64Array(columnCount * columnCount);
  const distance = new Float64Array(columnCount);
  for (let row = firstRow; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      distance[column] = data[row * columnCount + column] - mean[column];
    }
    for (let line = 0; line < columnCount; line++) {
      const start = line * columnCount;
      for (let column = 0; column <= line; column++) {
        covariance[start + column] += distance[line] * distance[column];
      }
    }
  }
  const rows = Math.max(1, rowCount - firstRow);
  for (let at = 0; at < covariance.length; at++) covariance[at] /= rows;
  return covariance;
}
