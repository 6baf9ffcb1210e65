import type { Matrix } from "../../../forest/mod.ts";
import { beyond } from "./season_band.ts";

/** Least and greatest value of each column in training. */
export interface ColumnRange {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** Of a column that was constant, in units of its scale: one that moves has some of its range. */
const CONSTANT_RANGE = 1;

/** @param scaled At least one row, all of its values finite. */
export function fitColumnRange({ data, columnCount }: Matrix): ColumnRange {
  const low = data.slice(0, columnCount);
  const high = data.slice(0, columnCount);
  for (let at = 0; at < data.length; at++) {
    const column = at % columnCount;
    low[column] = Math.min(low[column], data[at]);
    high[column] = Math.max(high[column], data[at]);
  }
  return { low, high };
}

/** How far a column's value is outside its range, as a share of that range: 0 to 1. */
export function noveltyOf(value: number, column: number, { low, high }: ColumnRange): number {
  const range = high[column] - low[column] || CONSTANT_RANGE;
  return Math.min(1, Math.abs(beyond(value, low[column], high[column])) / range);
}
