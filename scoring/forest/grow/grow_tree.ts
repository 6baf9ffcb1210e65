import type { Random } from "../../numeric/mod.ts";
import type { DrawSplit, NodeRows, Split, Subsample } from "./draw_split.ts";
import type { SplitKind } from "../forest.ts";
import { type NodeArrays, type ObliqueNodes, withRoom } from "./node_lists.ts";

/** Grows trees one after the other, in the same memory. */
export interface TreeGrower {
  /** Overwritten by the next tree. */
  readonly nodes: NodeArrays;
  /** Grows a tree; how many nodes it has. */
  grow(subsample: Subsample, random: Random): number;
}

/** What all trees have in common. */
export interface TreeShape {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly heightLimit: number;
  readonly splits: SplitKind;
}

/** Prepares memory for trees of up to `rowCount` rows, as each split leaves no side empty. */
export function createTreeGrower(
  { rowCount, columnCount, heightLimit, splits }: TreeShape,
  drawSplit: DrawSplit,
): TreeGrower {
  const nodesMax = 2 * rowCount;
  const nodes = withRoom(nodesMax, splits);
  const rows = new Uint16Array(rowCount);
  const features = new Uint16Array(columnCount);
  const starts = new Uint16Array(nodesMax);
  const heights = new Uint8Array(nodesMax);
  const nodeRows: NodeRows = { rows, start: 0, end: 0, range: new Float32Array(2) };
  const split: Split = {
    feature: 0,
    threshold: 0,
    values: nodeRows.range,
    offset: 0,
    secondFeature: 0,
    weight: 0,
    secondWeight: 0,
  };

  return {
    nodes,
    /**
     * Breadth-first: a node of more than one row above the height limit is split where its rows
     * differ.
     */
    grow(subsample, random) {
      const { splitFeature, splitValue, child, size, oblique } = nodes;
      for (let i = 0; i < rows.length; i++) rows[i] = i;
      for (let i = 0; i < features.length; i++) features[i] = i;
      size[0] = rowCount;
      starts[0] = heights[0] = 0;
      let count = 1;
      for (let node = 0; node < count; node++) {
        splitFeature[node] = splitValue[node] = child[node] = 0;
        if (oblique) clearWeights(oblique, node);
        if (heights[node] >= heightLimit || size[node] < 2) continue;
        nodeRows.start = starts[node];
        nodeRows.end = starts[node] + size[node];
        if (!drawSplit(subsample, nodeRows, features, random, split)) continue;
        const middle = partition(nodeRows, split);
        splitFeature[node] = split.feature;
        splitValue[node] = split.threshold;
        if (oblique) keepWeights(oblique, node, split);
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

function clearWeights({ secondFeature, weight, secondWeight }: ObliqueNodes, node: number): void {
  secondFeature[node] = weight[node] = secondWeight[node] = 0;
}

function keepWeights(
  { secondFeature, weight, secondWeight }: ObliqueNodes,
  node: number,
  split: Split,
): void {
  secondFeature[node] = split.secondFeature;
  weight[node] = split.weight;
  secondWeight[node] = split.secondWeight;
}

/** Puts the rows that go left before the others; where the others begin. */
function partition(
  { rows, start, end }: NodeRows,
  { values, offset, threshold }: Split,
): number {
  let left = start;
  for (let i = start; i < end; i++) {
    const row = rows[i];
    // Both rows are written whatever the value, as a branch on it would be guessed wrong.
    rows[i] = rows[left];
    rows[left] = row;
    left += 1 - +(values[offset + row] >= threshold);
  }
  return left;
}
