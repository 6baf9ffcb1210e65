/** Rows for tests of single methods. */
import type { Matrix } from "../../../scoring/forest/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";

/** Rows as they are written. */
export function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  return {
    data: Float32Array.from(rows.flat()),
    rowCount: rows.length,
    columnCount: rows[0].length,
  };
}

/** Independent bell-shaped numbers of mean 0 and standard deviation 1. */
export function bellNumbers(seed: number): () => number {
  const random = createRandom(seed);
  return () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random.nextFloat();
    return sum;
  };
}

/** Share of the planted rows, the last ones, that score above all others. */
export function shareFound(scores: Float64Array, planted: number): number {
  const others = scores.subarray(0, scores.length - planted);
  const highest = others.reduce((most, score) => Math.max(most, score), -Infinity);
  return scores.subarray(others.length).filter((score) => score > highest).length / planted;
}
