import type { Matrix } from "../../forest/mod.ts";
import { median, medianAbsoluteDeviation } from "../../numeric/mod.ts";
import type { ByteReader, ByteWriter } from "../bytes/mod.ts";
import { knownValues, type Table } from "./table.ts";

/** Where the columns lie and how wide: z = (value − center) / scale. */
export interface Scaling {
  readonly center: Float64Array;
  /** Above 0. */
  readonly scale: Float64Array;
}

/** The 75 % quantile of a normal distribution: MAD / it is the standard deviation of normal data. */
const NORMAL_QUARTILE = 0.6744897501960817;
/** √(π/2): the standard deviation of normal data over their mean absolute deviation. */
const NORMAL_MEAN_DEVIATION = 1.2533141373155001;

/** Beyond it columns are as odd as can be; squares of squares stay finite. */
const DEVIATIONS_MAX = 1e12;

/** Mean and standard deviation (of n − 1 rows) of each column. */
export function momentScaling({ values, rowCount, columnCount }: Table): Scaling {
  const center = new Float64Array(columnCount);
  const scale = new Float64Array(columnCount);
  for (let column = 0; column < columnCount; column++) {
    let mean = 0;
    let squares = 0;
    for (let row = 0; row < rowCount; row++) {
      const distance = values[row * columnCount + column] - mean;
      mean += distance / (row + 1);
      squares += distance * (values[row * columnCount + column] - mean);
    }
    center[column] = mean;
    scale[column] = scaleOr(Math.sqrt(squares / Math.max(rowCount - 1, 1)), mean);
  }
  return { center, scale };
}

/**
 * Median of each column and its median absolute deviation, as the standard deviation of normal data
 * that has it. Where more than half of the values are one, the mean absolute deviation takes its
 * place (Iglewicz and Hoaglin 1993). Missing values do not count.
 */
export function robustScaling(rows: Matrix): Scaling {
  const center = new Float64Array(rows.columnCount);
  const scale = new Float64Array(rows.columnCount);
  for (let column = 0; column < rows.columnCount; column++) {
    const values = knownValues(rows, column);
    center[column] = median(values);
    scale[column] = scaleOr(robustSpread(values, center[column]), center[column]);
  }
  return { center, scale };
}

function robustSpread(values: Float64Array, center: number): number {
  const deviation = medianAbsoluteDeviation(values, center);
  if (deviation > 0) return deviation / NORMAL_QUARTILE;
  let sum = 0;
  for (const value of values) sum += Math.abs(value - center);
  return NORMAL_MEAN_DEVIATION * sum / values.length;
}

/** A spread, or for a constant column about a thousandth of its level: leaving it is news. */
export function scaleOr(spread: number, level: number): number {
  if (spread > 0) return spread;
  return Math.max(Math.abs(level), level === 0 ? 1 : Number.MIN_VALUE * 1024) / 1024;
}

/** The row in units of its columns' scales. */
export function standardize(row: Float64Array, scaling: Scaling, into: Float64Array): void {
  const { center, scale } = scaling;
  for (let column = 0; column < center.length; column++) {
    const z = (row[column] - center[column]) / scale[column];
    into[column] = Math.min(Math.max(z, -DEVIATIONS_MAX), DEVIATIONS_MAX);
  }
}

/** All rows of a table, standardized. */
export function standardizedTable(table: Table, scaling: Scaling): Float64Array {
  const { values, rowCount, columnCount } = table;
  const result = new Float64Array(values.length);
  for (let row = 0; row < rowCount; row++) {
    const start = row * columnCount;
    standardize(
      values.subarray(start, start + columnCount),
      scaling,
      result.subarray(start, start + columnCount),
    );
  }
  return result;
}

export function writeScaling({ center, scale }: Scaling, writer: ByteWriter): void {
  writer.numbers(center);
  writer.numbers(scale);
}

/** @throws {RangeError} When a center is not finite or a scale not above 0. */
export function readScaling(reader: ByteReader<unknown>, columnCount: number): Scaling {
  return {
    center: reader.numbers("center", columnCount),
    scale: reader.numbers("scale", columnCount, { min: Number.MIN_VALUE }),
  };
}
