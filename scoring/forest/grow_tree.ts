import type { Random } from "../numeric/mod.ts";

/** The rows that one tree sees, column after column. */
export interface Subsample {
  readonly columns: Float32Array;
  readonly rowCount: number;
  readonly columnCount: number;
}

/** Nodes of all trees grown so far, as in `Forest`. */
export interface NodeLists {
  readonly splitFeature: number[];
  readonly splitValue: number[];
  readonly child: number[];
  readonly size: number[];
}

interface Split {
  readonly feature: number;
  readonly threshold: number;
}

/**
 * Appends one isolation tree, breadth-first: a node of more than one row above the height limit is
 * split at a uniform threshold between the least and the greatest value of a uniformly drawn
 * column; a column that is constant there is passed over for another.
 */
export function growTree(
  nodes: NodeLists,
  subsample: Subsample,
  heightLimit: number,
  random: Random,
): void {
  const root = nodes.size.length;
  const rows = Uint32Array.from({ length: subsample.rowCount }, (_, row) => row);
  const features = Uint16Array.from({ length: subsample.columnCount }, (_, feature) => feature);
  // Node root + i has the rows from starts[i] up to ends[i].
  const starts = [0];
  const ends = [subsample.rowCount];
  const heights = [0];
  for (let i = 0; i < starts.length; i++) {
    const nodeRows = rows.subarray(starts[i], ends[i]);
    const split = heights[i] < heightLimit && nodeRows.length > 1
      ? drawSplit(subsample, nodeRows, features, random)
      : undefined;
    nodes.size.push(nodeRows.length);
    nodes.splitFeature.push(split?.feature ?? 0);
    nodes.splitValue.push(split?.threshold ?? 0);
    nodes.child.push(split ? root + starts.length : 0);
    if (!split) continue;
    const middle = starts[i] + partition(subsample, nodeRows, split);
    starts.push(starts[i], middle);
    ends.push(middle, ends[i]);
    heights.push(heights[i] + 1, heights[i] + 1);
  }
}

/** `undefined` when every column is constant. `features` stays a permutation of all columns. */
function drawSplit(
  subsample: Subsample,
  rows: Uint32Array,
  features: Uint16Array,
  random: Random,
): Split | undefined {
  for (let left = features.length; left > 0; left--) {
    const drawn = random.below(left);
    const feature = features[drawn];
    const { least, greatest } = rangeOf(subsample, rows, feature);
    if (least < greatest) return { feature, threshold: drawThreshold(least, greatest, random) };
    features[drawn] = features[left - 1];
    features[left - 1] = feature;
  }
  return undefined;
}

/**
 * Least and greatest finite value of a column, so that thresholds are finite whatever the rows
 * hold.
 */
function rangeOf(
  { columns, rowCount }: Subsample,
  rows: Uint32Array,
  feature: number,
): { least: number; greatest: number } {
  const offset = feature * rowCount;
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < rows.length; i++) {
    const value = columns[offset + rows[i]];
    if (value < least && value > -Infinity) least = value;
    if (value > greatest && value < Infinity) greatest = value;
  }
  return { least, greatest };
}

/** An f32 with least < threshold ≤ greatest, so that neither side is empty. */
function drawThreshold(least: number, greatest: number, random: Random): number {
  const threshold = Math.fround(least + random.nextFloat() * (greatest - least));
  return threshold > least ? threshold : greatest;
}

/** Puts the rows that go left before the others; how many they are. */
function partition({ columns, rowCount }: Subsample, rows: Uint32Array, split: Split): number {
  const offset = split.feature * rowCount;
  let left = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (columns[offset + row] >= split.threshold) continue;
    rows[i] = rows[left];
    rows[left++] = row;
  }
  return left;
}
