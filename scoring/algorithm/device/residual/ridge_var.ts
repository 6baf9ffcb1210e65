import type { Matrix } from "../../../forest/mod.ts";
import { cholesky, solveCholesky } from "../../../numeric/mod.ts";
import type { RowRing } from "../series/mod.ts";

/** Rows before one that it is predicted from. */
export const LAGS = 3;
/** Of the mean square of a scaled column: holds coefficients of columns that go together small. */
const RIDGE = 0.01;
/** The intercept is free, save for rounding. */
const INTERCEPT_RIDGE = 1e-6;

/** Numbers of the model for so many columns. */
export function varWeightCount(columnCount: number): number {
  return (LAGS * columnCount + 1) * columnCount;
}

/**
 * Vector autoregression by ridge regression (Lütkepohl 2005, chapter 3; Hoerl and Kennard 1970): all
 * columns of a row from all columns of the three rows before. A column that was constant in training
 * is expected to stay where it was last, so that a change counts when it comes, not for ever.
 *
 * @returns Weights by lag, column predicted from, and column predicted; the intercepts last.
 */
export function fitRidgeVar(scaled: Matrix): Float32Array {
  const { columnCount, rowCount } = scaled;
  const size = LAGS * columnCount + 1;
  const { squares, products } = normalEquations(scaled, size);
  const rows = Math.max(1, rowCount - LAGS);
  for (let source = 0; source < size; source++) {
    squares[source * size + source] += rows * (source === size - 1 ? INTERCEPT_RIDGE : RIDGE);
  }
  const factor = cholesky(squares, size, 1);
  const weights = new Float32Array(size * columnCount);
  const solution = new Float64Array(size);
  for (let target = 0; target < columnCount; target++) {
    for (let source = 0; source < size; source++) {
      solution[source] = products[source * columnCount + target];
    }
    solveCholesky(factor, size, solution);
    for (let source = 0; source < size; source++) {
      weights[source * columnCount + target] = solution[source];
    }
    if (isConstant(scaled, target)) expectLastValue(weights, target, columnCount);
  }
  return weights;
}

/** Predicts the next row from the newest `LAGS` rows of a ring. */
export function predictRow(weights: Float32Array, ring: RowRing, into: Float64Array): void {
  const columnCount = into.length;
  const intercepts = LAGS * columnCount * columnCount;
  for (let target = 0; target < columnCount; target++) into[target] = weights[intercepts + target];
  for (let lag = 0; lag < LAGS; lag++) {
    const from = ring.offset(lag);
    for (let source = 0; source < columnCount; source++) {
      const value = ring.data[from + source];
      if (value === 0) continue;
      const start = (lag * columnCount + source) * columnCount;
      for (let target = 0; target < columnCount; target++) {
        into[target] += weights[start + target] * value;
      }
    }
  }
}

/** Sums over the training rows of all products of regressors, and of those with what they predict. */
function normalEquations({ data, rowCount, columnCount }: Matrix, size: number) {
  const squares = new Float64Array(size * size);
  const products = new Float64Array(size * columnCount);
  const regressors = new Float64Array(size);
  regressors[size - 1] = 1;
  for (let row = LAGS; row < rowCount; row++) {
    for (let lag = 0; lag < LAGS; lag++) {
      const start = (row - lag - 1) * columnCount;
      regressors.set(data.subarray(start, start + columnCount), lag * columnCount);
    }
    for (let source = 0; source < size; source++) {
      const value = regressors[source];
      if (value === 0) continue;
      const start = source * size;
      for (let other = 0; other <= source; other++) {
        squares[start + other] += value * regressors[other];
      }
      const into = source * columnCount;
      const from = row * columnCount;
      for (let target = 0; target < columnCount; target++) {
        products[into + target] += value * data[from + target];
      }
    }
  }
  return { squares, products };
}

function isConstant({ data, rowCount, columnCount }: Matrix, column: number): boolean {
  for (let row = 1; row < rowCount; row++) {
    if (data[row * columnCount + column] !== data[column]) return false;
  }
  return true;
}

function expectLastValue(weights: Float32Array, target: number, columnCount: number): void {
  for (let source = 0; source <= LAGS * columnCount; source++) {
    weights[source * columnCount + target] = source === target ? 1 : 0;
  }
}
