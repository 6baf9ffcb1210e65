import type { Matrix } from "../../forest/mod.ts";
import { median, medianAbsoluteDeviation } from "../../numeric/mod.ts";
import { createLevelWindow } from "./level_window.ts";

/** Where the levels of each column were, and in what units their distance counts. */
export interface ColumnLevels {
  /** Median level; NaN where a column has no training value. */
  readonly centres: Float64Array;
  /** Distance that counts as 1; 0 where a column has no training value. */
  readonly scales: Float64Array;
}

export interface FittedLevels extends ColumnLevels {
  /** Factor by which the steadiest column that varies counts for less; infinite where none varies. */
  readonly leastPenalty: number;
}

export interface LevelOptions {
  readonly windowRows: number;
  readonly driftRows: number;
  readonly driftPenaltyMax: number;
  /** Share of its level by which a sensor may be off while all is well. */
  readonly accuracyShare: number;
}

/** Standard deviation of a bell curve over its median absolute deviation. */
const DEVIATION_UNITS = 1.4826;
const SQRT2 = 1.4142135623730951;
/** A column that was constant has no scale of its own: this share of its value is one. */
const SCALE_SHARE_MIN = 1e-6;

export function fitColumnLevels(rows: Matrix, options: LevelOptions): FittedLevels {
  const windowRows = Math.min(options.windowRows, rows.rowCount);
  const levels = levelsOf(rows, windowRows);
  const centres = new Float64Array(rows.columnCount);
  const scales = new Float64Array(rows.columnCount);
  let leastPenalty = Infinity;
  for (let column = 0; column < rows.columnCount; column++) {
    const known = levels[column].filter((level) => level === level);
    centres[column] = median(known);
    if (known.length === 0) continue;
    const leastScale = SCALE_SHARE_MIN * (greatestOf(known) || 1);
    const noise = Math.max(noiseOf(rows, column) / Math.sqrt(windowRows), leastScale);
    const spread = Math.max(
      noise,
      DEVIATION_UNITS * medianAbsoluteDeviation(known, centres[column]),
      driftOf(levels[column], options.driftRows),
    );
    const penalty = Math.min(spread / noise, options.driftPenaltyMax);
    const accuracy = options.accuracyShare * Math.abs(centres[column]);
    scales[column] = Math.max(spread, accuracy) * penalty;
    if (spread > leastScale) leastPenalty = Math.min(leastPenalty, penalty);
  }
  return { centres, scales, leastPenalty };
}

/** Of each column the level of every full window, in order of time. */
function levelsOf(rows: Matrix, windowRows: number): Float64Array[] {
  const { data, rowCount, columnCount } = rows;
  const window = createLevelWindow(windowRows, columnCount);
  const levels = Array.from(
    { length: columnCount },
    () => new Float64Array(rowCount - windowRows + 1),
  );
  for (let row = 0; row < rowCount; row++) {
    window.push(data.subarray(row * columnCount, (row + 1) * columnCount));
    if (!window.isFull) continue;
    levels.forEach((of, column) => of[row - windowRows + 1] = window.levels[column]);
  }
  return levels;
}

/** Standard deviation of a value by itself: steps from row to row leave slow movements out. */
function noiseOf({ data, rowCount, columnCount }: Matrix, column: number): number {
  let sum = 0;
  let count = 0;
  for (let row = 1; row < rowCount; row++) {
    const at = row * columnCount + column;
    const step = data[at] - data[at - columnCount];
    if (!Number.isFinite(step)) continue;
    sum += step * step;
    count++;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count / 2);
}

/** Standard deviation of a level as told by pairs of them so far apart, by the median pair. */
function driftOf(levels: Float64Array, driftRows: number): number {
  // A run that is shorter than two such distances still has pairs at half of its length.
  const apart = Math.min(driftRows, Math.floor(levels.length / 2));
  if (apart === 0) return 0;
  const distances = levels.subarray(apart)
    .map((level, i) => Math.abs(level - levels[i]))
    .filter((distance) => distance === distance);
  return distances.length === 0 ? 0 : DEVIATION_UNITS / SQRT2 * median(distances);
}

function greatestOf(values: Float64Array): number {
  let greatest = 0;
  for (const value of values) greatest = Math.max(greatest, Math.abs(value));
  return greatest;
}
