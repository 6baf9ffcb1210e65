/** A weighted mean of the values pushed last, of fewer while there are few. */
export interface SmoothedColumn {
  /** @returns The mean with this value as the newest. */
  push(value: number): number;
}

/** @param kernel Weights by age, 0 for the newest value. */
export function createSmoothedColumn(kernel: Float64Array): SmoothedColumn {
  const rows = kernel.length;
  const values = new Float64Array(rows);
  let newest = -1;
  let count = 0;
  let total = 0;
  /** Values since the last one that was not 0. */
  let rest = rows;
  return {
    push(value) {
      newest = newest + 1 === rows ? 0 : newest + 1;
      values[newest] = value;
      if (count < rows) total += kernel[count++];
      rest = value === 0 ? Math.min(rest + 1, rows) : 0;
      let sum = 0;
      // What is 0 adds nothing, and most differences from what is usual are.
      let at = newest - rest;
      if (at < 0) at += rows;
      for (let age = rest; age < count; age++) {
        sum += kernel[age] * values[at];
        at = at === 0 ? rows - 1 : at - 1;
      }
      return sum / total;
    },
  };
}

/** Smooths rows column by column. */
export interface SmoothedRows {
  /** Of the rows pushed last. */
  readonly mean: Float64Array;
  push(row: Float64Array): void;
}

export function createSmoothedRows(kernel: Float64Array, columnCount: number): SmoothedRows {
  const mean = new Float64Array(columnCount);
  const columns = Array.from(mean, () => createSmoothedColumn(kernel));
  return {
    mean,
    push(row) {
      for (let column = 0; column < columnCount; column++) {
        mean[column] = columns[column].push(row[column]);
      }
    },
  };
}
