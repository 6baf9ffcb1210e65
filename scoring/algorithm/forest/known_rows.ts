import type { Matrix } from "../../forest/mod.ts";
import { median } from "../../numeric/mod.ts";
import { finite, knownValues } from "../frame/mod.ts";

/** Median of each column's known values; 0 where none is known. */
export function knownMedians(rows: Matrix): Float32Array {
  return Float32Array.from(
    { length: rows.columnCount },
    (_, column) => median(knownValues(rows, column)),
  );
}

/** The rows with their missing values filled and infinite ones made finite. */
export function knownRows(rows: Matrix, medians: Float32Array): Matrix {
  if (!rows.data.some((value) => !Number.isFinite(value))) return rows;
  return { ...rows, data: rows.data.map((value, i) => known(value, medians[i % medians.length])) };
}

/** As `knownRows`, of one row, into another. */
export function fillKnown(row: Float32Array, medians: Float32Array, into: Float32Array): void {
  for (let column = 0; column < row.length; column++) {
    into[column] = known(row[column], medians[column]);
  }
}

function known(value: number, median: number): number {
  return value === value ? finite(value) : median;
}
