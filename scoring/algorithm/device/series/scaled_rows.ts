import type { Matrix } from "../../../forest/mod.ts";
import { type ColumnScale, SCALED_MAX } from "./robust_scale.ts";

/** A missing value is taken for the last known one for so many rows, then for the median. */
export const HELD_ROWS_MAX = 60;

/** Scales rows in order and fills what is missing. */
export interface ScaledRows {
  /** @returns Scaled values within ±`SCALED_MAX`, each a 32-bit number; valid until the next push. */
  push(row: Float32Array): Float32Array;
}

export function createScaledRows({ center, scale }: ColumnScale): ScaledRows {
  const scaled = new Float32Array(center.length);
  const heldRows = new Int32Array(center.length).fill(HELD_ROWS_MAX);
  return {
    push(row) {
      for (let column = 0; column < scaled.length; column++) {
        const value = row[column];
        if (value === value) {
          const distance = (value - center[column]) / scale[column];
          scaled[column] = Math.max(-SCALED_MAX, Math.min(SCALED_MAX, distance));
          heldRows[column] = 0;
        } else if (heldRows[column] === HELD_ROWS_MAX) scaled[column] = 0;
        else heldRows[column]++;
      }
      return scaled;
    },
  };
}

/** All rows scaled, one after the other. */
export function scaleRows(rows: Matrix, scale: ColumnScale): Matrix {
  const { rowCount, columnCount } = rows;
  const data = new Float32Array(rowCount * columnCount);
  const scaledRows = createScaledRows(scale);
  for (let row = 0; row < rowCount; row++) {
    const start = row * columnCount;
    data.set(scaledRows.push(rows.data.subarray(start, start + columnCount)), start);
  }
  return { data, rowCount, columnCount };
}
