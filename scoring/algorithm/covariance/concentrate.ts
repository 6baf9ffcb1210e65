import { cholesky, solveCholesky, solveLower } from "../../numeric/mod.ts";
import { covariance } from "../frame/mod.ts";

/** Where rows lie, and how they spread about it. */
export interface Ellipsoid {
  readonly mean: Float64Array;
  /** Lower Cholesky factor of the covariance, row after row. */
  readonly lower: Float64Array;
}

/** Weight of a ball of the mean variance in the covariance, which keeps it from being singular. */
const SHRINKAGE = 0.1;
/** Least mean variance of a ball; columns are standardized, so it is next to nothing. */
const VARIANCE_MIN = 1e-9;

/** Squared Mahalanobis distance of a row; `work` has room for a row. */
export function squaredDistance(
  { mean, lower }: Ellipsoid,
  row: Float64Array,
  work: Float64Array,
): number {
  const { length } = mean;
  for (let column = 0; column < length; column++) work[column] = row[column] - mean[column];
  solveLower(lower, length, work);
  let sum = 0;
  for (let column = 0; column < length; column++) sum += work[column] * work[column];
  return sum;
}

/**
 * Each column's part in the squared distance, which they add up to: (x − mean) · Σ⁻¹(x − mean), column
 * by column. Some may be below 0.
 */
export function distanceParts(
  { mean, lower }: Ellipsoid,
  row: Float64Array,
  parts: Float64Array,
): void {
  const { length } = mean;
  for (let column = 0; column < length; column++) parts[column] = row[column] - mean[column];
  solveCholesky(lower, length, parts);
  for (let column = 0; column < length; column++) parts[column] *= row[column] - mean[column];
}

/**
 * The ellipsoid of the `share` of rows nearest to it, found by concentration steps from that of all
 * rows until it stays or so many steps are done (Rousseeuw and Van Driessen 1999, the C-step).
 */
export function concentrate(
  values: Float64Array,
  columnCount: number,
  { share, steps }: { readonly share: number; readonly steps: number },
): Ellipsoid {
  const rowCount = values.length / columnCount;
  const count = Math.min(rowCount, Math.max(1, Math.floor(share * rowCount + 0.5)));
  let ellipsoid = ellipsoidOf(values, rowCount, columnCount);
  let nearest: Uint32Array = new Uint32Array(0);
  for (let step = 0; step < steps; step++) {
    const next = nearestRows(ellipsoid, values, count);
    if (areEqual(next, nearest)) break;
    nearest = next;
    ellipsoid = ellipsoidOf(chosenRows(values, columnCount, nearest), count, columnCount);
  }
  return ellipsoid;
}

function ellipsoidOf(values: Float64Array, rowCount: number, columnCount: number): Ellipsoid {
  const { mean, covariance: matrix } = covariance(values, rowCount, columnCount);
  let trace = 0;
  for (let column = 0; column < columnCount; column++) trace += matrix[column * (columnCount + 1)];
  const ball = Math.max(trace / columnCount, VARIANCE_MIN);
  for (let i = 0; i < matrix.length; i++) matrix[i] *= 1 - SHRINKAGE;
  for (let column = 0; column < columnCount; column++) {
    matrix[column * (columnCount + 1)] += SHRINKAGE * ball;
  }
  const lower = cholesky(matrix, columnCount);
  // Columns that are far beyond all others leave the ball too small to help: then it is all.
  return { mean, lower: lower ?? ballOf(ball, columnCount) };
}

function ballOf(variance: number, columnCount: number): Float64Array {
  const lower = new Float64Array(columnCount * columnCount);
  for (let column = 0; column < columnCount; column++) {
    lower[column * (columnCount + 1)] = Math.sqrt(variance);
  }
  return lower;
}

/** Numbers of the rows nearest to the ellipsoid, ascending; of equal ones the first. */
function nearestRows(ellipsoid: Ellipsoid, values: Float64Array, count: number): Uint32Array {
  const columnCount = ellipsoid.mean.length;
  const work = new Float64Array(columnCount);
  const distances = new Float64Array(values.length / columnCount);
  for (let row = 0; row < distances.length; row++) {
    const start = row * columnCount;
    const one = values.subarray(start, start + columnCount);
    distances[row] = squaredDistance(ellipsoid, one, work);
  }
  const limit = distances.slice().sort()[count - 1];
  let equals = count;
  for (const distance of distances) if (distance < limit) equals--;
  const nearest = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < distances.length; row++) {
    if (distances[row] < limit || (distances[row] === limit && equals-- > 0)) {
      nearest[found++] = row;
    }
  }
  return nearest;
}

function chosenRows(values: Float64Array, columnCount: number, rows: Uint32Array): Float64Array {
  const chosen = new Float64Array(rows.length * columnCount);
  rows.forEach((row, at) =>
    chosen.set(values.subarray(row * columnCount, (row + 1) * columnCount), at * columnCount)
  );
  return chosen;
}

function areEqual(left: Uint32Array, right: Uint32Array): boolean {
  return left.length === right.length && left.every((row, at) => row === right[at]);
}
