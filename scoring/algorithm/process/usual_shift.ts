import type { Matrix } from "../../forest/mod.ts";
import { quantile } from "../../numeric/mod.ts";
import type { FittedLevels } from "./column_levels.ts";
import { createLevelWindow } from "./level_window.ts";

/**
 * Share of the training rows that lie below. Not higher: the first rows of a run often hold its
 * start, and a threshold that has to pass them all finds nothing afterwards.
 */
const USUAL_SHARE = 0.9;

/**
 * A bell curve has that share within so many deviations. A short run holds few independent levels,
 * whose quantile may be far too low by chance; the steadiest column alone reaches this as often.
 */
const BELL_SHARE_WITHIN = 1.6449;

/** Where all columns were constant no shift is usual; a small one keeps scores finite. */
const SHIFT_MIN = 0.01;

/** Shift that a tenth of the training rows reach in their worst column. */
export function usualShift(
  { data, rowCount, columnCount }: Matrix,
  { centres, scales, leastPenalty }: FittedLevels,
  { window_rows }: { readonly window_rows: number },
): number {
  const windowRows = Math.min(window_rows, rowCount);
  const window = createLevelWindow(windowRows, columnCount);
  const shifts = new Float64Array(rowCount - windowRows + 1);
  for (let row = 0; row < rowCount; row++) {
    window.push(data.subarray(row * columnCount, (row + 1) * columnCount));
    if (!window.isFull) continue;
    let greatest = 0;
    for (let column = 0; column < columnCount; column++) {
      const shift = Math.abs(window.levels[column] - centres[column]) / scales[column];
      if (Number.isFinite(shift)) greatest = Math.max(greatest, shift);
    }
    shifts[row - windowRows + 1] = greatest;
  }
  const steadiest = BELL_SHARE_WITHIN / leastPenalty;
  return Math.max(SHIFT_MIN, steadiest, quantile(shifts.sort(), USUAL_SHARE));
}
