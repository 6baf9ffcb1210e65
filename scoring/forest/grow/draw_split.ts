import type { Random } from "../../numeric/mod.ts";

/** The rows that one tree sees, column after column. */
export interface Subsample {
  readonly columns: Float32Array;
  readonly rowCount: number;
  readonly columnCount: number;
  /** Whether all values are finite, so that ranges need no care. */
  readonly isFinite: boolean;
}

/** The rows of one node among those of its tree, and the range of a column over them. */
export interface NodeRows {
  readonly rows: Uint16Array;
  start: number;
  end: number;
  /** Least and greatest. */
  readonly range: Float32Array;
}

/** A split that was drawn. */
export interface Split {
  feature: number;
  threshold: number;
  /** What is compared with the threshold: row r of the subsample has `values[offset + r]`. */
  values: Float32Array;
  offset: number;
  /** The rest of an oblique split, as in `ObliqueSplits`. */
  secondFeature: number;
  weight: number;
  secondWeight: number;
}

/**
 * Draws how a node is split; `false` when every column is constant. `features` stays a permutation
 * of all columns.
 */
export type DrawSplit = (
  subsample: Subsample,
  nodeRows: NodeRows,
  features: Uint16Array,
  random: Random,
  split: Split,
) => boolean;

/**
 * A uniform threshold between the least and the greatest value of a uniformly drawn column; a column
 * that is constant there is passed over for another.
 */
export function drawAxisSplit(
  { columns, rowCount, isFinite }: Subsample,
  nodeRows: NodeRows,
  features: Uint16Array,
  random: Random,
  split: Split,
): boolean {
  const { range } = nodeRows;
  for (let left = features.length; left > 0; left--) {
    const drawn = random.below(left);
    const feature = features[drawn];
    if (isFinite) findRange(columns, feature * rowCount, nodeRows);
    else findFiniteRange(columns, feature * rowCount, nodeRows);
    if (range[0] < range[1]) {
      split.feature = feature;
      split.values = columns;
      split.offset = feature * rowCount;
      split.threshold = drawThreshold(range[0], range[1], random);
      return true;
    }
    features[drawn] = features[left - 1];
    features[left - 1] = feature;
  }
  return false;
}

function findRange(columns: Float32Array, offset: number, nodeRows: NodeRows): void {
  const { rows, start, end, range } = nodeRows;
  let least = columns[offset + rows[start]];
  let greatest = least;
  for (let i = start + 1; i < end; i++) {
    const value = columns[offset + rows[i]];
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  range[0] = least;
  range[1] = greatest;
}

/** As `findRange`, of the finite values alone, so that thresholds are finite whatever rows hold. */
export function findFiniteRange(columns: Float32Array, offset: number, nodeRows: NodeRows): void {
  const { rows, start, end, range } = nodeRows;
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = start; i < end; i++) {
    const value = columns[offset + rows[i]];
    if (value < least && value > -Infinity) least = value;
    if (value > greatest && value < Infinity) greatest = value;
  }
  range[0] = least;
  range[1] = greatest;
}

/** An f32 with least < threshold ≤ greatest, so that neither side is empty. */
export function drawThreshold(least: number, greatest: number, random: Random): number {
  const threshold = Math.fround(least + random.nextFloat() * (greatest - least));
  // A greatest value of −0 becomes 0, as it must not matter which of both the rows hold first.
  return threshold > least ? threshold : greatest + 0;
}
