import { fitForest, type FitOptions } from "./fit.ts";
import { type Forest, GRID_KNOTS, type Matrix } from "./forest.ts";

/** Segments between a feature's knots, each of 4,096 even steps: 2¹⁶ grid points. */
const GRID_SEGMENTS = GRID_KNOTS - 1;
const SEGMENT_STEPS = 4096;
const CODE_COUNT = GRID_SEGMENTS * SEGMENT_STEPS;

/**
 * Ranks of the knots in the training values. They are dense at both ends, so that a tail of a
 * hundred times the spread of the rest does not leave the rest, nor its own beginning, coarse.
 */
const KNOT_RANKS = [
  0,
  1 / 1024,
  1 / 256,
  1 / 64,
  1 / 16,
  3 / 16,
  5 / 16,
  7 / 16,
  1 / 2,
  9 / 16,
  11 / 16,
  13 / 16,
  15 / 16,
  63 / 64,
  255 / 256,
  1023 / 1024,
  1,
] as const;

/** Enough rows for the rank of 1/1024. */
const KNOT_ROWS_MAX = 4096;

/**
 * As `fitForest`, with thresholds that are points of a grid of 2¹⁶ values a feature: a bundle keeps
 * them in two bytes each, and loses nothing. Values that share a cell of the grid are alike to the
 * trees, in fitting as in scoring.
 *
 * Each value is lowered to the grid first. No value then lies between a threshold that is drawn and
 * the next grid point above, so that raising it to that point moves no row to its other side.
 *
 * @throws {RangeError} As `fitForest`, and when splits are to be oblique: sums have no grid.
 */
export function fitGridForest(matrix: Matrix, options: FitOptions): Forest {
  if (options.splits === "oblique") {
    throw new RangeError(
      "Cannot fit forest on a grid as its splits must be axis: they are oblique",
    );
  }
  const gridKnots = knotsOf(matrix);
  const forest = fitForest({ ...matrix, data: lowered(matrix, gridKnots) }, options);
  const splitValue = forest.splitValue.map((threshold, node) => {
    if (forest.child[node] === 0) return 0;
    const feature = forest.splitFeature[node];
    return gridValue(gridKnots, feature, gridCode(gridKnots, feature, threshold));
  });
  return { ...forest, splitValue, gridKnots };
}

/** The grid point of a code from 0 to 65,535; greater codes have equal or greater points. */
export function gridValue(knots: Float32Array, feature: number, code: number): number {
  const segment = feature * GRID_KNOTS + (code >>> 12);
  const share = (code & (SEGMENT_STEPS - 1)) / SEGMENT_STEPS;
  return Math.fround(knots[segment] * (1 - share) + knots[segment + 1] * share);
}

/** The least code whose grid point is not below a value; 65,535 above all. */
export function gridCode(knots: Float32Array, feature: number, value: number): number {
  let low = 0;
  let high = CODE_COUNT - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (gridValue(knots, feature, middle) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Knots of each feature, one after the other; all 0 where a feature has no finite value. */
function knotsOf({ data, rowCount, columnCount }: Matrix): Float32Array {
  const knots = new Float32Array(columnCount * GRID_KNOTS);
  const stride = Math.floor((rowCount - 1) / KNOT_ROWS_MAX) + 1;
  for (let feature = 0; feature < columnCount; feature++) {
    let least = Infinity;
    let greatest = -Infinity;
    const chosen: number[] = [];
    for (let row = 0; row < rowCount; row++) {
      const value = data[row * columnCount + feature];
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
      if (row % stride === 0) chosen.push(value);
    }
    if (least > greatest) continue;
    const sorted = Float32Array.from(chosen.length > 0 ? chosen : [least]).sort();
    for (let i = 0; i < GRID_KNOTS; i++) {
      knots[feature * GRID_KNOTS + i] = sorted[Math.floor(KNOT_RANKS[i] * (sorted.length - 1))];
    }
    knots[feature * GRID_KNOTS] = least;
    knots[feature * GRID_KNOTS + GRID_SEGMENTS] = greatest;
  }
  return knots;
}

/** Each finite value as the greatest grid point that is not above it. */
function lowered({ data, columnCount }: Matrix, knots: Float32Array): Float32Array {
  const points = new Float32Array(data.length);
  for (let i = 0, feature = 0; i < data.length; i++) {
    const value = data[i];
    points[i] = Number.isFinite(value) ? pointBelow(knots, feature, value) : value;
    feature = feature + 1 === columnCount ? 0 : feature + 1;
  }
  return points;
}

function pointBelow(knots: Float32Array, feature: number, value: number): number {
  const first = feature * GRID_KNOTS;
  let segment = GRID_SEGMENTS - 1;
  while (segment > 0 && knots[first + segment] > value) segment--;
  const low = knots[first + segment];
  const width = knots[first + segment + 1] - low;
  const step = width > 0 ? Math.floor((value - low) / width * SEGMENT_STEPS) : 0;
  let code = segment * SEGMENT_STEPS + Math.min(step, SEGMENT_STEPS - 1);
  let point = gridValue(knots, feature, code);
  // The division may have been rounded to the step below.
  while (point < value && code + 1 < CODE_COUNT) {
    const next = gridValue(knots, feature, ++code);
    if (next > value) break;
    point = next;
  }
  return point;
}
