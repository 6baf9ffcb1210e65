import type { Matrix } from "../../forest/mod.ts";
import { median } from "../../numeric/mod.ts";

/** Greatest finite f32: what ∞ counts as, so that sums and squares of values stay finite. */
export const VALUE_MAX = 3.4028234663852886e38;

/** Training rows of finite numbers: missing values are their column's median. */
export interface Table {
  /** Row after row, each value an f32. */
  readonly values: Float64Array;
  readonly rowCount: number;
  readonly columnCount: number;
  /** Median of each column's known values, an f32; 0 where none is known. */
  readonly medians: Float64Array;
}

export function tableOf(rows: Matrix): Table {
  const { data, rowCount, columnCount } = rows;
  const medians = Float64Array.from(
    { length: columnCount },
    (_, column) => Math.fround(median(knownValues(rows, column))),
  );
  const values = new Float64Array(data.length);
  for (let row = 0; row < rowCount; row++) {
    fillRow(data, row * columnCount, medians, values.subarray(row * columnCount));
  }
  return { values, rowCount, columnCount, medians };
}

/** Known values of a column in the order of rows; one 0 where there is none. */
export function knownValues({ data, rowCount, columnCount }: Matrix, column: number): Float64Array {
  const known = new Float64Array(Math.max(rowCount, 1));
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    const value = data[row * columnCount + column];
    if (value === value) known[count++] = finite(value);
  }
  return known.subarray(0, Math.max(count, 1));
}

/** Copies a row with its missing values filled and infinite ones made finite. */
export function fillRow(
  data: Float32Array,
  start: number,
  medians: Float64Array,
  into: Float64Array,
): void {
  for (let column = 0; column < medians.length; column++) {
    const value = data[start + column];
    into[column] = value === value ? finite(value) : medians[column];
  }
}

/** The value, or the finite f32 nearest to it. */
export function finite(value: number): number {
  return Math.min(Math.max(value, -VALUE_MAX), VALUE_MAX);
}
