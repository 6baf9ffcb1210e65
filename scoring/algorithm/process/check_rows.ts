import type { Matrix } from "../../forest/mod.ts";

/** @throws {RangeError} When rows are too few, have no column, or their data is of another size. */
export function checkRows({ data, rowCount, columnCount }: Matrix, rowsMin = 1): void {
  if (!Number.isInteger(rowCount) || rowCount < rowsMin) {
    throw new RangeError(
      `Cannot take rows as rowCount must be an integer >= ${rowsMin}: current value is ${rowCount}`,
    );
  }
  if (!Number.isInteger(columnCount) || columnCount < 1) {
    throw new RangeError(
      `Cannot take rows as columnCount must be an integer >= 1: current value is ${columnCount}`,
    );
  }
  if (data.length !== rowCount * columnCount) {
    throw new RangeError(
      `Cannot take rows as data must hold ${rowCount} × ${columnCount} values: ` +
        `it holds ${data.length}`,
    );
  }
}

/** @throws {RangeError} When a row has another number of columns than the training rows. */
export function checkWidth(found: number, columnCount: number): void {
  if (found === columnCount) return;
  throw new RangeError(`Cannot score row as it must have ${columnCount} columns: it has ${found}`);
}
