import type { RowRing } from "../series/mod.ts";

/** Rows that a window describes. */
export const WINDOW_ROWS = 16;
/** Numbers that describe one column of a window. */
export const FEATURES_PER_COLUMN = 5;

/** Mean, standard deviation, maximum, minimum and mean step of each column of the newest rows. */
export function windowFeatures(ring: RowRing, columnCount: number, into: Float32Array): void {
  for (let column = 0; column < columnCount; column++) {
    let sum = 0;
    let steps = 0;
    let max = -Infinity;
    let min = Infinity;
    for (let age = 0; age < WINDOW_ROWS; age++) {
      const value = ring.data[ring.offset(age) + column];
      sum += value;
      if (value > max) max = value;
      if (value < min) min = value;
      if (age > 0) steps += Math.abs(value - ring.data[ring.offset(age - 1) + column]);
    }
    const mean = sum / WINDOW_ROWS;
    const start = column * FEATURES_PER_COLUMN;
    into[start] = mean;
    into[start + 1] = deviation(ring, column, mean);
    into[start + 2] = max;
    into[start + 3] = min;
    into[start + 4] = steps / (WINDOW_ROWS - 1);
  }
}

function deviation(ring: RowRing, column: number, mean: number): number {
  let squares = 0;
  for (let age = 0; age < WINDOW_ROWS; age++) {
    const distance = ring.data[ring.offset(age) + column] - mean;
    squares += distance * distance;
  }
  return Math.sqrt(squares / WINDOW_ROWS);
}
