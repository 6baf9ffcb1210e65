import type { Matrix } from "../../../scoring/forest/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";

/** Bell-shaped rows around 0, the same for the same seed. */
export function bellRows(rowCount: number, columnCount: number, seed: number): Matrix {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: rowCount * columnCount }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random.nextFloat();
    return sum;
  });
  return { data, rowCount, columnCount };
}

export function matrixOf(rows: readonly (readonly number[])[], columnCount: number): Matrix {
  return { data: Float32Array.from(rows.flat()), rowCount: rows.length, columnCount };
}

export function rowOf({ data, columnCount }: Matrix, row: number): Float32Array {
  return data.subarray(row * columnCount, (row + 1) * columnCount);
}
