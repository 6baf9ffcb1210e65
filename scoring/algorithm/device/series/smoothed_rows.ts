/** A weighted mean of the rows pushed last, of fewer while there are few, column by column. */
export interface SmoothedRows {
  readonly mean: Float64Array;
  push(row: Float64Array): void;
}

/** @param kernel Weights by age, 0 for the newest row. */
export function createSmoothedRows(kernel: Float64Array, columnCount: number): SmoothedRows {
  const rows = kernel.length;
  /** Column after column, as what is 0 is told by column. */
  const values = new Float64Array(rows * columnCount);
  /** Rows since the last one in which a column was not 0. */
  const rest = new Uint32Array(columnCount).fill(rows);
  const mean = new Float64Array(columnCount);
  let newest = -1;
  let count = 0;
  let total = 0;
  return {
    mean,
    push(row) {
      newest = newest + 1 === rows ? 0 : newest + 1;
      if (count < rows) total += kernel[count++];
      for (let column = 0; column < columnCount; column++) {
        const first = column * rows;
        const value = row[column];
        values[first + newest] = value;
        rest[column] = value === 0 ? Math.min(rest[column] + 1, rows) : 0;
        let sum = 0;
        // What is 0 adds nothing, and most differences from what is usual are.
        let slot = newest - rest[column];
        if (slot < 0) slot += rows;
        for (let age = rest[column]; age < count; age++) {
          sum += kernel[age] * values[first + slot];
          slot = slot === 0 ? rows - 1 : slot - 1;
        }
        mean[column] = sum / total;
      }
    },
  };
}
