/** Rows that methods are tested with, and what is asked of scores. */
import { assert, assertEquals } from "@std/assert";
import type { Fitted } from "../../../scoring/algorithm/mod.ts";
import type { Matrix } from "../../../scoring/forest/mod.ts";
import { createRandom, sin } from "../../../scoring/numeric/mod.ts";

/** Time between the rows of a series, ms: a day has 24 rows. */
export const ROW_MS = 3_600_000;
const DAY_ROWS = 24;
const TWO_PI = 6.283185307179586;

/** Rows for training and as many to be scored: a few hundred, as all must be quick. */
const ROWS_OF_RECORDS = 400;
const ROWS_OF_SERIES = 1200;

/** Bell-shaped columns around 10; those of a series have a day's wave besides. */
export function trainingRows(input: "rows" | "series", columnCount: number): Matrix {
  const rowCount = input === "rows" ? ROWS_OF_RECORDS : ROWS_OF_SERIES;
  const random = createRandom(11);
  const data = new Float32Array(rowCount * columnCount);
  for (let row = 0; row < rowCount; row++) {
    const wave = input === "rows" ? 0 : 3 * sin(TWO_PI * (row % DAY_ROWS) / DAY_ROWS);
    for (let column = 0; column < columnCount; column++) {
      let noise = -6;
      for (let i = 0; i < 12; i++) noise += random.nextFloat();
      data[row * columnCount + column] = 10 + wave + (input === "rows" ? 1 : 0.3) * noise;
    }
  }
  return { data, rowCount, columnCount };
}

/** So many rows from `at` on are far off in every column. */
export function withSpike(rows: Matrix, at: number, count: number): Matrix {
  const data = rows.data.slice();
  const { columnCount } = rows;
  for (let i = at * columnCount; i < (at + count) * columnCount; i++) {
    data[i] += i % columnCount % 2 === 0 ? 30 : -30;
  }
  return { ...rows, data };
}

export function headOf({ data, columnCount }: Matrix, rowCount: number): Matrix {
  return { data: data.subarray(0, rowCount * columnCount), rowCount, columnCount };
}

/** The rows from `from` on. */
export function tailOf({ data, rowCount, columnCount }: Matrix, from: number): Matrix {
  return { data: data.subarray(from * columnCount), rowCount: rowCount - from, columnCount };
}

export function rowOf({ data, columnCount }: Matrix, row: number): Float32Array {
  return data.subarray(row * columnCount, (row + 1) * columnCount);
}

/** Scores of a fresh scorer that is given one row after the other. */
export function scoreOneByOne(fitted: Fitted, rows: Matrix): Float64Array {
  const scorer = fitted.open();
  return Float64Array.from({ length: rows.rowCount }, (_, row) => scorer.push(rowOf(rows, row)));
}

/** Fails at the first number that has other bits, a sign of 0 included. */
export function assertSameBits(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assertEquals(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    assert(Object.is(actual[i], expected[i]), `${i}: ${actual[i]} is not ${expected[i]}`);
  }
}

export function assertFinite(values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) assert(Number.isFinite(values[i]), `${i}: ${values[i]}`);
}
