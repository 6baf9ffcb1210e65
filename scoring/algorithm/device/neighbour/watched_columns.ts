import type { Matrix } from "../../../forest/mod.ts";

/**
 * True where rows are mostly switches: at least half of the columns were never anything but 0 or 1
 * in training, as commands and states are. Regressions on and correlations of switches mean little.
 */
export function isMostlySwitches(rows: Matrix): boolean {
  return 2 * meterColumns(rows).length <= rows.columnCount;
}

/** The columns that a window of a mostly switched device describes: meters; all where none is one. */
export function watchedColumns(rows: Matrix): Uint16Array {
  const meters = meterColumns(rows);
  return Uint16Array.from(
    meters.length > 0 ? meters : Array.from({ length: rows.columnCount }, (_, column) => column),
  );
}

/** These columns alone. */
export function selectColumns(
  { data, rowCount, columnCount }: Matrix,
  columns: Uint16Array,
): Matrix {
  const selected = new Float32Array(rowCount * columns.length);
  for (let row = 0; row < rowCount; row++) {
    for (let index = 0; index < columns.length; index++) {
      selected[row * columns.length + index] = data[row * columnCount + columns[index]];
    }
  }
  return { data: selected, rowCount, columnCount: columns.length };
}

/** Columns with a value in training that is neither 0 nor 1. */
function meterColumns({ data, rowCount, columnCount }: Matrix): number[] {
  const isMeter = new Uint8Array(columnCount);
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      const value = data[row * columnCount + column];
      if (value === value && value !== 0 && value !== 1) isMeter[column] = 1;
    }
  }
  return Array.from({ length: columnCount }, (_, column) => column)
    .filter((column) => isMeter[column] === 1);
}
