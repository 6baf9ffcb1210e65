/** Rows of devices that tests make up. */
import type { Matrix } from "../../../../scoring/forest/mod.ts";
import { sin } from "../../../../scoring/numeric/mod.ts";
import { bellNumbers } from "../rows.ts";

export const DAY_ROWS = 24;
const TWO_PI = 6.283185307179586;

/**
 * A host: load with a day's wave, a temperature that follows it, a queue of its own and a counter of
 * errors that rests.
 */
export function hostRows(rowCount: number, seed = 1): Matrix {
  const bell = bellNumbers(seed);
  const columnCount = 4;
  const data = new Float32Array(rowCount * columnCount);
  let queue = 0;
  for (let row = 0; row < rowCount; row++) {
    const load = 50 + 20 * sin(TWO_PI * (row % DAY_ROWS) / DAY_ROWS) + bell();
    queue = 0.8 * queue + bell();
    data.set([load, 30 + 0.5 * load + 0.2 * bell(), queue, 0], row * columnCount);
  }
  return { data, rowCount, columnCount };
}

/** Commands as switches, and a telemetry value that saws between 0 and 0.9 all the time. */
export function commandedRows(rowCount: number, seed = 1): Matrix {
  const bell = bellNumbers(seed);
  const columnCount = 5;
  const data = new Float32Array(rowCount * columnCount);
  for (let row = 0; row < rowCount; row++) {
    const value = row % 10 / 10 + 0.02 * bell();
    const switches = [0, 1, 2].map(() => bell() > 1 ? 1 : 0);
    data.set([...switches, value, 0], row * columnCount);
  }
  return { data, rowCount, columnCount };
}

/** The rows with some values of a column changed. */
export function changed(
  rows: Matrix,
  column: number,
  from: number,
  change: (value: number) => number,
  to = rows.rowCount,
): Matrix {
  const data = rows.data.slice();
  for (let row = from; row < to; row++) {
    const at = row * rows.columnCount + column;
    data[at] = change(data[at]);
  }
  return { ...rows, data };
}
