import { FEATURE_COUNT_MAX, type Matrix } from "../../forest/mod.ts";

/** @throws {RangeError} When there are no rows or columns, or data is not as long as they say. */
export function checkTraining({ data, rowCount, columnCount }: Matrix): void {
  checkCount("rowCount", rowCount, Number.MAX_SAFE_INTEGER);
  checkCount("columnCount", columnCount, FEATURE_COUNT_MAX);
  checkLength(data, rowCount, columnCount);
}

/** @throws {RangeError} When rows are of another width than those of training. */
export function checkBatch({ data, rowCount, columnCount }: Matrix, expected: number): void {
  checkWidth(columnCount, expected);
  checkLength(data, rowCount, columnCount);
}

/** @throws {RangeError} Naming both widths. */
export function checkWidth(width: number, expected: number): void {
  if (width === expected) return;
  throw new RangeError(
    `Cannot score row as it must have ${expected} columns: it has ${width}`,
  );
}

function checkCount(name: string, count: number, max: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= max) return;
  throw new RangeError(
    `Cannot fit as ${name} must be an integer in [1, ${max}]: current value is ${count}`,
  );
}

function checkLength(data: Float32Array, rowCount: number, columnCount: number): void {
  if (data.length === rowCount * columnCount) return;
  throw new RangeError(
    `Cannot read rows as data must hold ${rowCount} × ${columnCount} values: ` +
      `it holds ${data.length}`,
  );
}
