import { finite } from "../frame/mod.ts";

/** The last rows of each column, oldest first, without a gap. */
export interface ColumnMemory {
  /** Rows that were pushed, up to `size`. */
  readonly count: number;
  /** Remembers a row, its missing values filled. */
  push(row: Float32Array): void;
  /** The last `size` values of a column; those before the first row are 0. */
  window(column: number): Float64Array;
}

/**
 * Rows that a missing value takes the last known one over; past them the column's median of training
 * is the better guess. A bound, so that no score depends on rows long gone.
 */
export const GAP_MAX = 32;

/** @param medians What stands for values that are missing for long. */
export function createColumnMemory(size: number, medians: Float64Array): ColumnMemory {
  const rings = Array.from(medians, () => createRing(size));
  const fill = createGapFill(medians);
  let count = 0;
  return {
    get count() {
      return count;
    },
    push(row) {
      const filled = fill(row);
      rings.forEach((ring, column) => ring.push(filled[column]));
      if (count < size) count++;
    },
    window: (column) => rings[column].window(),
  };
}

/** The last `size` numbers, the oldest first and all in one piece. */
export interface Ring {
  push(value: number): void;
  window(): Float64Array;
}

export function createRing(size: number): Ring {
  // Each value is written twice, a size apart, so that no window wraps around.
  const values = new Float64Array(2 * size);
  let next = 0;
  return {
    push(value) {
      values[next] = value;
      values[next + size] = value;
      next = next + 1 === size ? 0 : next + 1;
    },
    window: () => values.subarray(next, next + size),
  };
}

/** Fills missing values of one row after the other; the result is overwritten by the next. */
export function createGapFill(medians: Float64Array): (row: Float32Array) => Float64Array {
  const last = medians.slice();
  const ages = new Uint8Array(medians.length).fill(GAP_MAX);
  const filled = medians.slice();
  return (row) => {
    for (let column = 0; column < medians.length; column++) {
      if (row[column] === row[column]) {
        last[column] = finite(row[column]);
        ages[column] = 0;
      } else if (ages[column] < GAP_MAX) {
        ages[column]++;
      }
      filled[column] = ages[column] < GAP_MAX ? last[column] : medians[column];
    }
    return filled;
  };
}
