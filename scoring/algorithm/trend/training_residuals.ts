import { quantile } from "../../numeric/mod.ts";
import { scaleOr, type Table } from "../frame/mod.ts";
import { type Expectation, meanOf } from "./residual_watch.ts";

/** Training residuals that widths are taken from: enough for a quantile of 0.999. */
const RESIDUALS_MAX = 4096;

/** A column of training rows without gaps, for methods that are fitted column by column. */
export interface TrainingColumn {
  readonly values: Float64Array;
  readonly median: number;
}

/** A table's columns, each in one piece. */
export function columnsOf({ values, rowCount, columnCount, medians }: Table): TrainingColumn[] {
  return Array.from(medians, (median, column) => ({
    values: Float64Array.from({ length: rowCount }, (_, row) => values[row * columnCount + column]),
    median,
  }));
}

/** Distances between what an expectation says of evenly chosen training rows and what came. */
export function trainingResiduals(
  values: Float64Array,
  expectation: Expectation,
): Float64Array {
  const { windowRows, averageRows = 0 } = expectation;
  const count = values.length - windowRows;
  if (count <= 0) return new Float64Array(0);
  const stride = Math.floor((count - 1) / RESIDUALS_MAX) + 1;
  return Float64Array.from({ length: Math.floor((count - 1) / stride) + 1 }, (_, k) => {
    const row = windowRows + k * stride;
    const window = values.subarray(row - windowRows, row);
    const average = (end: number) => meanOf(window, end - averageRows, averageRows);
    return Math.abs(values[row] - expectation.next(window, average));
  });
}

/** The quantile of residuals that an interval reaches to; columns without any have their spread. */
export function widthOf(
  residuals: Float64Array,
  level: number,
  { values, median }: TrainingColumn,
): number {
  const sorted = residuals.length > 0
    ? residuals.slice().sort()
    : values.map((value) => Math.abs(value - median)).sort();
  const width = quantile(sorted, level);
  // What sums of the column's values may be rounded by is no distance.
  const rounding = 1e-9 * Math.max(Math.abs(values[0]), Math.abs(median));
  return width > rounding ? width : scaleOr(0, median);
}
