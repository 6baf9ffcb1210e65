/** The rows pushed last, side by side in one array that never grows. */
export interface RowRing {
  readonly data: Float32Array | Float64Array;
  /** Rows that it holds, at most its capacity. */
  readonly count: number;
  /** Makes room for the next row. @returns Where it is to be written. */
  next(): number;
  /** Where the row of an age is, 0 for the newest; the age must be below `count`. */
  offset(age: number): number;
}

/** @param data Room for as many rows as it holds whole ones of `width` numbers. */
export function createRowRing(data: Float32Array | Float64Array, width: number): RowRing {
  const capacity = Math.floor(data.length / width);
  let newest = -1;
  let count = 0;
  return {
    data,
    get count() {
      return count;
    },
    next() {
      newest = newest + 1 === capacity ? 0 : newest + 1;
      if (count < capacity) count++;
      return newest * width;
    },
    offset(age) {
      const slot = newest - age;
      return (slot < 0 ? slot + capacity : slot) * width;
    },
  };
}
