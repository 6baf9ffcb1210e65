import type { Random } from "../numeric/mod.ts";
import type { NodeArrays } from "./node_lists.ts";

/** The rows that one tree sees, column after column. */
export interface Subsample {
  readonly columns: Float32Array;
  readonly rowCount: number;
  readonly columnCount: number;
  /** Whether all values are finite, so that ranges need no care. */
  readonly isFinite: boolean;
}

/** Grows trees one after the other, in the same memory. */
export interface TreeGrower {
  /** Overwritten by the next tree. */
  readonly nodes: NodeArrays;
  /** Grows a tree; how many nodes it has. */
  grow(subsample: Subsample, random: Random): number;
}

/** Prepares memory for trees of up to `rowCount` rows, as each split leaves no side empty. */
export function createTreeGrower(
  rowCount: number,
  columnCount: number,
  heightLimit: number,
): TreeGrower {
  const nodesMax = 2 * rowCount;
  const nodes: NodeArrays = {
    splitFeature: new Uint16Array(nodesMax),
    splitValue: new Float32Array(nodesMax),
    child: new Uint32Array(nodesMax),
    size: new Uint16Array(nodesMax),
  };
  const rows = new Uint16Array(rowCount);
  const features = new Uint16Array(columnCount);
  const starts = new Uint16Array(nodesMax);
  const heights = new Uint8Array(nodesMax);
  const nodeRows: NodeRows = { rows, start: 0, end: 0, range: new Float32Array(2) };
  const split: Split = { feature: 0, threshold: 0 };

  return {
    nodes,
    /**
     * Breadth-first: a node of more than one row above the height limit is split at a uniform
     * threshold between the least and the greatest value of a uniformly drawn column; a column that
     * is constant there is passed over for another.
     */
    grow(subsample, random) {
      const { splitFeature, splitValue, child, size } = nodes;
      for (let i = 0; i < rows.length; i++) rows[i] = i;
      for (let i = 0; i < features.length; i++) features[i] = i;
      size[0] = rowCount;
      starts[0] = heights[0] = 0;
      let count = 1;
      for (let node = 0; node < count; node++) {
        splitFeature[node] = splitValue[node] = child[node] = 0;
        if (heights[node] >= heightLimit || size[node] < 2) continue;
        nodeRows.start = starts[node];
        nodeRows.end = starts[node] + size[node];
        if (!drawSplit(subsample, nodeRows, features, random, split)) continue;
        const middle = partition(subsample, nodeRows, split);
        splitFeature[node] = split.feature;
        splitValue[node] = split.threshold;
        child[node] = count;
        starts[count] = nodeRows.start;
        starts[count + 1] = middle;
        size[count] = middle - nodeRows.start;
        size[count + 1] = nodeRows.end - middle;
        heights[count] = heights[count + 1] = heights[node] + 1;
        count += 2;
      }
      return count;
    },
  };
}

/** The rows of one node among those of its tree, and the range of a column over them. */
interface NodeRows {
  readonly rows: Uint16Array;
  start: number;
  end: number;
  /** Least and greatest. */
  readonly range: Float32Array;
}

interface Split {
  feature: number;
  threshold: number;
}

/** `false` when every column is constant. `features` stays a permutation of all columns. */
function drawSplit(
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
function findFiniteRange(columns: Float32Array, offset: number, nodeRows: NodeRows): void {
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
function drawThreshold(least: number, greatest: number, random: Random): number {
  const threshold = Math.fround(least + random.nextFloat() * (greatest - least));
  // A greatest value of −0 becomes 0, as it must not matter which of both the rows hold first.
  return threshold > least ? threshold : greatest + 0;
}

/** Puts the rows that go left before the others; where the others begin. */
function partition(
  { columns, rowCount }: Subsample,
  { rows, start, end }: NodeRows,
  { feature, threshold }: Split,
): number {
  const offset = feature * rowCount;
  let left = start;
  for (let i = start; i < end; i++) {
    const row = rows[i];
    // Both rows are written whatever the value, as a branch on it would be guessed wrong.
    rows[i] = rows[left];
    rows[left] = row;
    left += 1 - +(columns[offset + row] >= threshold);
  }
  return left;
}
