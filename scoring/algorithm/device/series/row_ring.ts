/** The rows pushed last, side by side in one array that never grows. */
export interface RowRing {
  readonly data: Float32Array;
  /** Numbers of a row. */
  readonly width: number;
  /** Numbers of all rows that it can hold: an offset goes on behind it at 0. */
  readonly size: number;
  /** Rows that it holds, at most its capacity. */
  readonly count: number;
  /** Makes room for the next row. @returns Where it is to be written. */
  next(): number;
  /** Where the row of an age is, 0 for the newest; the age must be below `count`. */
  offset(age: number): number;
}

/** @param data Room for as many rows as it holds whole ones of `width` numbers. */
export function createRowRing(data: Float32Array, width: number): RowRing {
  const size = data.length - data.length % width;
  let newest = -width;
  let count = 0;
  return {
    data,
    width,
    size,
    get count() {
      return count;
    },
    next() {
      newest += width;
      if (newest === size) newest = 0;
      if (count * width < size) count++;
      return newest;
    },
    offset(age) {
      const offset = newest - age * width;
      return offset < 0 ? offset + size : offset;
    },
  };
}
