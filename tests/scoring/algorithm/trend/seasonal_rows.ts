/** Series with a season, for tests of methods that expect. */
import type { Matrix } from "../../../../scoring/forest/mod.ts";
import { sin } from "../../../../scoring/numeric/mod.ts";
import { bellNumbers, matrixOf } from "../rows.ts";

export const SEASON = 24;

export interface Wave {
  readonly rows: number;
  /** Standard deviation of what is added to the wave. */
  readonly noise: number;
  /** By how much the level rises each row. */
  readonly rise?: number;
  /** Of the row that comes first. */
  readonly phase?: number;
  readonly seed?: number;
}

/** A wave of height 5 about 20. */
export function wave({ rows, noise, rise = 0, phase = 0, seed = 3 }: Wave): Matrix {
  const bell = bellNumbers(seed);
  return matrixOf(Array.from({ length: rows }, (_, row) => {
    const angle = 6.283185307179586 * ((row + phase) % SEASON) / SEASON;
    return [20 + 5 * sin(angle) + rise * row + noise * bell()];
  }));
}

/** Mean distance between what scores say was expected and what came, over rows with a score. */
export function meanError(
  expected: readonly (number | undefined)[],
  { data }: Matrix,
): number {
  let sum = 0;
  let count = 0;
  expected.forEach((value, row) => {
    if (value === undefined) return;
    sum += Math.abs(value - data[row]);
    count++;
  });
  return sum / count;
}
