import { median } from "../numeric/mod.ts";
import type { Matrix } from "./forest.ts";

/** Enough for a median that is to say where the middle is. */
const ROWS_MAX = 4096;

/** Median of the finite values of each column, of evenly chosen rows; 0 where there is none. */
export function columnMedians({ data, rowCount, columnCount }: Matrix): Float32Array {
  const stride = Math.floor((rowCount - 1) / ROWS_MAX) + 1;
  return Float32Array.from({ length: columnCount }, (_, column) => {
    const chosen: number[] = [];
    for (let row = 0; row < rowCount; row += stride) {
      const value = data[row * columnCount + column];
      if (Number.isFinite(value)) chosen.push(value);
    }
    return chosen.length === 0 ? 0 : median(chosen);
  });
}
