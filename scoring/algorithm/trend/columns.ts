import type { Table } from "../frame/mod.ts";
import type { TrainingColumn } from "./residual_watch.ts";

/** A table's columns, each in one piece. */
export function columnsOf({ values, rowCount, columnCount, medians }: Table): TrainingColumn[] {
  return Array.from(medians, (median, column) => ({
    values: Float64Array.from({ length: rowCount }, (_, row) => values[row * columnCount + column]),
    median,
  }));
}
