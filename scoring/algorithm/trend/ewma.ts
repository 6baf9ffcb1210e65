import type { Algorithm } from "../algorithm.ts";
import {
  momentScaling,
  readScaling,
  type Scaling,
  seriesAlgorithm,
  type SeriesWatch,
  standardize,
  tableOf,
  writeScaling,
} from "../frame/mod.ts";

const parameters = {
  weight: { default: 0.2, min: 0.01, max: 1, help: "λ, weight of the newest row" },
  sigmas: { default: 3, min: 0.1, max: 1000, help: "L, standard deviations from which it alerts" },
};

/** Weight of all rows that are left out. */
const REST_MAX = 1e-6;

/**
 * Control chart of the exponentially weighted moving average (Roberts 1959): how far the average is
 * from the mean of training, in standard deviations of such an average, in the column that is
 * farthest off. It finds small shifts that last. Weights are cut off where a millionth is left, so
 * that a score depends on a bounded number of rows; a missing value has no weight.
 */
export const ewma: Algorithm = seriesAlgorithm<typeof parameters, Scaling>({
  name: "ewma",
  source:
    "S. W. Roberts: Control Chart Tests Based on Geometric Moving Averages, Technometrics 1, 1959",
  parameters,
  version: 1,
  scale: "relative",
  fit: (rows) => momentScaling(tableOf(rows)),
  lookbackRows: (_, { weight }) => weightsOf(weight).length - 1,
  watch: (scaling, _, { weight }) => watchAverages(scaling, weightsOf(weight)),
  alerts: ({ sigmas }) => ({ threshold: sigmas, release: sigmas }),
  write: writeScaling,
  read: readScaling,
});

/** λ(1 − λ)ʲ of the row j rows ago. */
function weightsOf(weight: number): Float64Array {
  const weights: number[] = [];
  for (let left = 1; left > REST_MAX; left *= 1 - weight) weights.push(weight * left);
  return Float64Array.from(weights);
}

function watchAverages(scaling: Scaling, weights: Float64Array): SeriesWatch<Scaling> {
  const columnCount = scaling.center.length;
  /** Standardized, the newest row at `next`; a missing value is NaN. */
  const rows = new Float64Array(weights.length * columnCount).fill(NaN);
  const values = new Float64Array(columnCount);
  const distances = new Float64Array(columnCount);
  let next = 0;

  /** Of the average from the mean, in its own standard deviations; 0 where no value is known. */
  const distanceOf = (column: number): number => {
    let sum = 0;
    let total = 0;
    let squares = 0;
    for (let age = 0; age < weights.length; age++) {
      const row = next - age + (age > next ? weights.length : 0);
      const value = rows[row * columnCount + column];
      if (value !== value) continue;
      sum += weights[age] * value;
      total += weights[age];
      squares += weights[age] * weights[age];
    }
    return total > 0 ? Math.abs(sum) / Math.sqrt(squares) : 0;
  };
  return {
    push(row) {
      values.set(row);
      const start = next * columnCount;
      standardize(values, scaling, rows.subarray(start, start + columnCount));
      let greatest = 0;
      for (let column = 0; column < columnCount; column++) {
        distances[column] = distanceOf(column);
        greatest = Math.max(greatest, distances[column]);
      }
      next = (next + 1) % weights.length;
      return greatest;
    },
    explain: (parts) => parts.set(distances),
    expected: () => scaling.center.slice(),
  };
}
