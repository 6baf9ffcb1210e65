/**
 * An example of a custom algorithm: how far a row lies from the mean of the training rows, in units
 * of each column's spread. `deno task detect -- --data FILE --algorithm-module
 * docs/examples/nearest_mean.ts --algorithm nearest_mean` uses it.
 */
import type { Algorithm, Fitted } from "../../scoring/algorithm/mod.ts";

interface Model {
  readonly mean: readonly number[];
  readonly spread: readonly number[];
  readonly power: number;
}

export const algorithm: Algorithm = {
  name: "nearest_mean",
  input: "rows",
  source: "docs/custom_algorithm.md",
  parameters: {
    power: {
      default: 2,
      min: 1,
      max: 4,
      help: "2 for straight distances, more for the worst column",
    },
  },
  fit({ data, columnCount }, { parameters }) {
    const columns = Array.from(
      { length: columnCount },
      (_, column) => known(data.filter((_, at) => at % columnCount === column)),
    );
    const mean = columns.map(meanOf);
    const spread = columns.map((values, column) =>
      Math.sqrt(meanOf(values.map((value) => (value - mean[column]) ** 2))) || 1
    );
    return fittedOf({ mean, spread, power: parameters?.power ?? 2 });
  },
  restore: (bytes) => fittedOf(JSON.parse(new TextDecoder().decode(bytes))),
};

function fittedOf(model: Model): Fitted {
  const { mean, spread, power } = model;
  const columnCount = mean.length;
  /** Each column's part; a missing value is no news. */
  const partsOf = (row: Float32Array) =>
    Float64Array.from(mean, (middle, column) => {
      const value = row[column];
      if (Number.isNaN(value)) return 0;
      return Math.min((Math.abs(value - middle) / spread[column]) ** power, LARGEST);
    });
  const scoreOf = (row: Float32Array) => partsOf(row).reduce((sum, part) => sum + part, 0);
  return {
    columnCount,
    lookbackRows: 0,
    scale: "relative",
    open() {
      let last = new Float32Array(columnCount);
      return {
        push(row) {
          last = row.slice();
          return scoreOf(row);
        },
        explain: () => partsOf(last),
      };
    },
    scoreBatch: ({ data, rowCount }) =>
      Float64Array.from(
        { length: rowCount },
        (_, row) => scoreOf(data.subarray(row * columnCount, (row + 1) * columnCount)),
      ),
    serialize: () => new TextEncoder().encode(JSON.stringify(model)),
  };
}

/** Scores and parts must be finite. */
const LARGEST = 1e300;

function known(values: Float32Array): number[] {
  return [...values].filter((value) => Number.isFinite(value));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}
