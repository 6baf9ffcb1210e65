import type { Matrix } from "../../forest/mod.ts";

/** Fewer training rows than these do not show that a column never rests. */
const TRAINING_ROWS_MIN = 256;
/** A column that repeats its value in more of the training rows than this may rest. */
const REPEATS_MAX = 0.01;
/** So may one that had a value for more than this part of the alert's rows. */
const RUN_SHARE_MAX = 0.5;
/** Runs are as bad as they get from so many times the rows of an alert. */
const LONGEST_FACTOR = 9;

/** Goes along rows and tells columns that stand still though they never did. */
export interface StillnessWatch {
  /** Takes the next row: 0 while all move, above ½ from the alert's rows on, and growing. */
  push(row: Float32Array): number;
  /** 1 for each column that stands still in the row pushed last. */
  readonly still: Float64Array;
}

/**
 * 1 for each column that changed with nearly every training row.
 *
 * @param rows With one value from which a column stands still.
 */
export function movingColumns(training: Matrix, rows: number): Uint8Array<ArrayBuffer> {
  const moving = new Uint8Array(training.columnCount);
  return moving.map((_, column) => {
    const { known, repeats, longest } = restsOf(training, column);
    const moves = known >= TRAINING_ROWS_MIN && repeats <= REPEATS_MAX * known &&
      longest <= RUN_SHARE_MAX * rows;
    return moves ? 1 : 0;
  });
}

/** How many values a column has, how many are the one before again, and its longest run of one. */
function restsOf({ data, rowCount, columnCount }: Matrix, column: number) {
  let known = 0;
  let repeats = 0;
  let run = 0;
  let longest = 0;
  let before = NaN;
  for (let row = 0; row < rowCount; row++) {
    const value = data[row * columnCount + column];
    const isRepeat = value === before;
    if (value === value) known++;
    if (isRepeat) repeats++;
    run = isRepeat ? run + 1 : 1;
    longest = Math.max(longest, run);
    before = value;
  }
  return { known, repeats, longest };
}

/** Rows before one that its stillness depends on. */
export function stillnessLookback(rows: number): number {
  return LONGEST_FACTOR * rows;
}

/** @param rows With one value from which a column stands still. */
export function createStillnessWatch(moving: Uint8Array, rows: number): StillnessWatch {
  const before = new Float32Array(moving.length).fill(NaN);
  const runs = new Uint32Array(moving.length);
  const still = new Float64Array(moving.length);
  return {
    still,
    push(row) {
      let longest = 0;
      for (let column = 0; column < moving.length; column++) {
        const run = row[column] === before[column] ? runs[column] + 1 : 1;
        // Bounded, so that it depends on so many rows and no more.
        runs[column] = Math.min(run, stillnessLookback(rows));
        before[column] = row[column];
        still[column] = moving[column] === 1 && runs[column] >= rows ? 1 : 0;
        if (still[column] === 1) longest = Math.max(longest, runs[column]);
      }
      return longest === 0 ? 0 : longest / (longest + rows - 1);
    },
  };
}
