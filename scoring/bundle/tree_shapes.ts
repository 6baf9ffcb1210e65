import { type Forest, SUBSAMPLE_SIZE_MAX } from "../forest/mod.ts";
import type { BitReader, BitWriter } from "./bit_stream.ts";
import { refuseForest } from "./bundle_error.ts";

/**
 * How sizes of leaves are written: of leaves at full height alone, as all others have one row; of
 * all; or of all, plus 1, as some are empty.
 */
export const LeafSizes = { atFullHeight: 0, all: 1, allPlusOne: 2 } as const;

/** Where trees branch and how high, as bits say it with a few counts. */
export interface TreeShapes extends Pick<Forest, "roots" | "child"> {
  /** Edges to each node from the root of its tree. */
  readonly heights: Uint8Array;
  /** Inner nodes in order. */
  readonly splits: Uint32Array;
}

/** Counts without which the bits cannot be read. */
export interface ShapeCounts {
  readonly treeCount: number;
  readonly splitCount: number;
  /** Edges from a root to the deepest leaf of all trees. */
  readonly height: number;
  readonly leafSizes: number;
}

export function shapesOf({ roots, child }: Forest): TreeShapes {
  const heights = new Uint8Array(child.length);
  const splits: number[] = [];
  for (let node = 0; node < child.length; node++) {
    const left = child[node];
    if (left === 0) continue;
    splits.push(node);
    heights[left] = heights[left + 1] = heights[node] + 1;
  }
  return { roots, child, heights, splits: Uint32Array.from(splits) };
}

export function countsOf({ roots, child, heights, splits }: TreeShapes, size: Uint16Array) {
  const height = heights.reduce((most, edges) => Math.max(most, edges), 0);
  let leafSizes: number = LeafSizes.atFullHeight;
  for (let node = 0; node < child.length; node++) {
    if (child[node] !== 0) continue;
    if (size[node] === 0) leafSizes = LeafSizes.allPlusOne;
    else if (size[node] > 1 && heights[node] < height) leafSizes = Math.max(leafSizes, 1);
  }
  return { treeCount: roots.length, splitCount: splits.length, height, leafSizes };
}

/** Of each node above full height: 1 has children. */
export function writeShapes(
  bits: BitWriter,
  { child, heights }: TreeShapes,
  { height }: ShapeCounts,
): void {
  for (let node = 0; node < child.length; node++) {
    if (heights[node] < height) bits.write(child[node] === 0 ? 0 : 1, 1);
  }
}

/** Children follow from the order of nodes: the next two that are not yet taken. */
export function readShapes(
  bits: BitReader,
  { treeCount, splitCount, height }: ShapeCounts,
): TreeShapes {
  const nodeCount = 2 * splitCount + treeCount;
  const roots = new Uint32Array(treeCount);
  const child = new Uint32Array(nodeCount);
  const heights = new Uint8Array(nodeCount);
  const splits = new Uint32Array(splitCount);
  let node = 0;
  let split = 0;
  let highest = 0;
  for (let tree = 0; tree < treeCount; tree++) {
    roots[tree] = node;
    for (let end = node + 1; node < end; node++) {
      if (end > nodeCount) refuseForest(`must end tree ${tree} within ${nodeCount} nodes`, end);
      if (heights[node] === height || bits.readBit() === 0) continue;
      splits[split++] = node;
      child[node] = end;
      heights[end] = heights[end + 1] = heights[node] + 1;
      highest = Math.max(highest, heights[end]);
      end += 2;
    }
  }
  if (node !== nodeCount) refuseForest(`must have ${nodeCount} nodes in its trees`, node);
  if (highest !== height) refuseForest(`must be ${height} high`, highest);
  return { roots, child, heights, splits };
}

/** Of each leaf whose size is written: the size, in gamma code. */
export function writeSizes(
  bits: BitWriter,
  { child, heights }: TreeShapes,
  { height, leafSizes }: ShapeCounts,
  size: Uint16Array,
): void {
  for (let node = 0; node < child.length; node++) {
    if (child[node] !== 0) continue;
    if (leafSizes === LeafSizes.atFullHeight && heights[node] < height) continue;
    bits.writeGamma(size[node] + (leafSizes === LeafSizes.allPlusOne ? 1 : 0));
  }
}

/** Sizes of leaves, and the covers of inner nodes from those of their children. */
export function readSizes(
  bits: BitReader,
  { child, heights, splits }: TreeShapes,
  { height, leafSizes }: ShapeCounts,
): Uint16Array {
  const size = new Uint16Array(child.length);
  const areAllWritten = leafSizes !== LeafSizes.atFullHeight;
  for (let node = 0; node < child.length; node++) {
    if (child[node] !== 0) continue;
    const written = areAllWritten || heights[node] === height ? bits.readGamma() : 1;
    const rows = leafSizes === LeafSizes.allPlusOne ? written - 1 : written;
    if (rows > SUBSAMPLE_SIZE_MAX) {
      refuseForest(`must have at most ${SUBSAMPLE_SIZE_MAX} rows`, rows);
    }
    size[node] = rows;
  }
  // Children come after their parent.
  for (let i = splits.length - 1; i >= 0; i--) {
    const node = splits[i];
    const cover = size[child[node]] + size[child[node] + 1];
    if (cover > SUBSAMPLE_SIZE_MAX) {
      refuseForest(`must have at most ${SUBSAMPLE_SIZE_MAX} rows at a node`, cover);
    }
    size[node] = cover;
  }
  return size;
}
