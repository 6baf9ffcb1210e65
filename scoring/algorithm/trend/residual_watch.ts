import type { Interval } from "../algorithm.ts";
import { finite, type SeriesWatch } from "../frame/mod.ts";
import { type ColumnMemory, createColumnMemory, createRing } from "./column_memory.ts";

/** A method that expects each column's next value from its last ones. */
export interface Expectation {
  /** Rows that it looks at. */
  readonly windowRows: number;
  /** Rows of the moving averages that it looks at; none where not given. */
  readonly averageRows?: number;
  /**
   * What comes after the window, its oldest value first.
   *
   * @param average Mean of the `averageRows` values before a place of the window.
   */
  next(window: Float64Array, average: (end: number) => number): number;
}

/** What is common to methods that judge by what is left when the expected is taken off. */
export interface ResidualModel {
  /** Of the columns in training, for values that are missing for long. */
  readonly medians: Float64Array;
  /** Half of the width of each column's interval, above 0. */
  readonly widths: Float64Array;
}

/**
 * Scores a row by the column that is farthest from what was expected, in widths of its interval:
 * above 1 a value is outside of it. NaN until the window is full.
 */
export function watchResiduals<Model>(
  { medians, widths }: ResidualModel,
  expectation: Expectation,
): SeriesWatch<Model> {
  const memory = createColumnMemory(expectation.windowRows, medians);
  const averages = createAverages(expectation, medians.length);
  const remember = (row: Float32Array) => {
    memory.push(row);
    averages.push(memory);
  };
  const parts = new Float64Array(medians.length);
  let expected: Float64Array = medians.slice();
  return {
    push(row) {
      if (memory.count < expectation.windowRows) {
        remember(row);
        return NaN;
      }
      expected = medians.map((_, column) =>
        expectation.next(memory.window(column), averages.of(column))
      );
      let greatest = 0;
      for (let column = 0; column < medians.length; column++) {
        // A missing value is neither near nor far.
        const distance = row[column] === row[column]
          ? Math.abs(finite(row[column]) - expected[column])
          : 0;
        parts[column] = distance / widths[column];
        greatest = Math.max(greatest, parts[column]);
      }
      remember(row);
      return greatest;
    },
    explain: (into) => into.set(parts),
    expected: () => expected.slice(),
    interval: (): Interval => ({
      low: expected.map((value, column) => value - widths[column]),
      high: expected.map((value, column) => value + widths[column]),
    }),
  };
}

/** Each average is taken once, when its last row comes, and remembered for as long as rows are. */
function createAverages({ windowRows, averageRows }: Expectation, columnCount: number) {
  if (averageRows === undefined) return { push: () => {}, of: () => () => NaN };
  const rings = Array.from({ length: columnCount }, () => createRing(windowRows));
  return {
    push(memory: ColumnMemory): void {
      rings.forEach((ring, column) => {
        ring.push(meanOf(memory.window(column), windowRows - averageRows, averageRows));
      });
    },
    of(column: number): (end: number) => number {
      const averages = rings[column].window();
      return (end) => averages[end - 1];
    },
  };
}

/** Mean of so many values from `start` on, in their order. */
export function meanOf(values: Float64Array, start: number, count: number): number {
  let sum = 0;
  for (let k = start; k < start + count; k++) sum += values[k];
  return sum / count;
}
