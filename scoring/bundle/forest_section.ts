import {
  type AveragePathFormula,
  checkForest,
  type Forest,
  HEIGHT_MAX,
  SUBSAMPLE_SIZE_MAX,
  TREE_COUNT_MAX,
} from "../forest/mod.ts";
import { BitReader, BitWriter } from "./bit_stream.ts";
import { BundleError } from "./bundle_error.ts";
import { obliqueLength, readOblique, writeOblique } from "./oblique_planes.ts";
import { planesLength, readKnots, readPlanes, writePlanes } from "./threshold_planes.ts";

/**
 * A forest as bytes, little-endian:
 *
 *     0   2  featureCount
 *     2   2  subsampleSize
 *     4   2  treeCount
 *     6   1  averagePath: 0 liu2008, 1 mlIsolationForest, 2 scikitLearn
 *     7   1  splits: 0 of one column with exact thresholds, 1 with points of a grid, 2 oblique
 *     8   1  height: edges from a root to the deepest leaf of all trees
 *     9   1  sizes of leaves: 0 where only leaves at full height may have more than 1 row and have
 *            their size written; 1 of all leaves; 2 of all leaves, plus 1, as some are empty
 *     10  4  splitCount
 *     14     thresholds of all inner nodes: see threshold_planes.ts
 *            where splits are oblique, centers and weights: see oblique_planes.ts
 *            bits, see bit_stream.ts, of all trees in their order:
 *              of each node above full height: 1 has children
 *              of each inner node its column, in the bits that the last column needs
 *              of each inner node its second column likewise, where splits are oblique
 *              of each leaf whose size is written: the size, in gamma code
 *              zeros up to a whole byte
 *
 * The order of nodes gives where children are and the leaves' sizes give all covers, so that no
 * bytes can say a cycle, a child out of range or covers that disagree.
 */
const HEAD_BYTES = 14;
const FORMULAS: readonly AveragePathFormula[] = ["liu2008", "mlIsolationForest", "scikitLearn"];
const Splits = { exact: 0, grid: 1, oblique: 2 } as const;
const LeafSizes = { atFullHeight: 0, all: 1, allPlusOne: 2 } as const;

/** @throws {RangeError} When the forest is not one that `checkForest` accepts. */
export function encodeForest(forest: Forest): Uint8Array<ArrayBuffer> {
  checkForest(forest);
  const { featureCount, child, size, splitFeature, oblique } = forest;
  const heights = heightsOf(child);
  const height = heights.reduce((most, edges) => Math.max(most, edges), 0);
  const leafSizes = leafSizesOf(forest, heights, height);
  const splits = splitsOf(child);
  const bits = new BitWriter();
  for (let node = 0; node < child.length; node++) {
    if (heights[node] < height) bits.write(child[node] === 0 ? 0 : 1, 1);
  }
  const width = columnBits(featureCount);
  for (const node of splits) bits.write(splitFeature[node], width);
  if (oblique) { for (const node of splits) bits.write(oblique.secondFeature[node], width); }
  for (let node = 0; node < child.length; node++) {
    if (child[node] !== 0 || !isWritten(leafSizes, heights[node], height)) continue;
    bits.writeGamma(size[node] + (leafSizes === LeafSizes.allPlusOne ? 1 : 0));
  }
  const tail = bits.bytes();
  const kind = forest.gridKnots ? Splits.grid : oblique ? Splits.oblique : Splits.exact;
  const obliqueAt = HEAD_BYTES + planesLength(featureCount, splits.length, kind === Splits.grid);
  const tailAt = obliqueAt + (oblique ? obliqueLength(featureCount, splits.length) : 0);
  const bytes = new Uint8Array(tailAt + tail.length);
  const view = new DataView(bytes.buffer);
  writeHead(view, { forest, height, leafSizes, kind, splitCount: splits.length });
  writePlanes(view, HEAD_BYTES, splits, forest);
  if (oblique) writeOblique(view, obliqueAt, splits, oblique);
  bytes.set(tail, tailAt);
  return bytes;
}

interface Written {
  readonly forest: Forest;
  readonly height: number;
  readonly leafSizes: number;
  readonly kind: number;
  readonly splitCount: number;
}

function writeHead(view: DataView, { forest, height, leafSizes, kind, splitCount }: Written): void {
  view.setUint16(0, forest.featureCount, true);
  view.setUint16(2, forest.subsampleSize, true);
  view.setUint16(4, forest.roots.length, true);
  view.setUint8(6, FORMULAS.indexOf(forest.averagePath ?? "liu2008"));
  view.setUint8(7, kind);
  view.setUint8(8, height);
  view.setUint8(9, leafSizes);
  view.setUint32(10, splitCount, true);
}

/** @throws {BundleError} BUNDLE_FOREST when the bytes are not exactly one sound forest. */
export function decodeForest(bytes: Uint8Array): Forest {
  try {
    const forest = readForest(bytes);
    checkForest(forest);
    return forest;
  } catch (cause) {
    if (cause instanceof BundleError) throw cause;
    if (!(cause instanceof RangeError)) throw cause;
    throw new BundleError("BUNDLE_FOREST", cause.message, { cause });
  }
}

function readForest(bytes: Uint8Array): Forest {
  if (bytes.length < HEAD_BYTES) refuse(`must have at least ${HEAD_BYTES} bytes`, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const head = readHead(view);
  const { featureCount, treeCount, splitCount, isGrid, isOblique } = head;
  const obliqueAt = HEAD_BYTES + planesLength(featureCount, splitCount, isGrid);
  const tailAt = obliqueAt + (isOblique ? obliqueLength(featureCount, splitCount) : 0);
  const bits = new BitReader(bytes.subarray(tailAt));
  // Before anything is allocated: each tree has a bit at least, and each inner node its columns.
  const least = treeCount + splitCount * columnBits(featureCount) * (isOblique ? 2 : 1);
  if (tailAt > bytes.length || bits.left < least) {
    refuse(`must have at least ${tailAt + Math.floor((least + 7) / 8)} bytes`, bytes.length);
  }
  const structure = readStructure(bits, head);
  const { roots, child, splits } = structure;
  const gridKnots = isGrid ? readKnots(view, HEAD_BYTES, featureCount) : undefined;
  const forest: Forest = {
    featureCount,
    subsampleSize: head.subsampleSize,
    roots,
    splitFeature: readColumns(bits, splits, child.length, featureCount),
    splitValue: new Float32Array(child.length),
    child,
    ...(isOblique && {
      oblique: {
        secondFeature: readColumns(bits, splits, child.length, featureCount),
        ...readOblique(view, obliqueAt, splits, { child, featureCount }),
      },
    }),
    size: readSizes(bits, structure, head),
    ...(head.averagePath === "liu2008" ? {} : { averagePath: head.averagePath }),
    ...(gridKnots ? { gridKnots } : {}),
  };
  if (bits.left > 7 || bits.read(bits.left) !== 0) refuse("must end with its last size", bits.left);
  readPlanes(view, HEAD_BYTES, splits, forest);
  return forest;
}

interface Head {
  readonly featureCount: number;
  readonly subsampleSize: number;
  readonly treeCount: number;
  readonly averagePath: AveragePathFormula;
  readonly isGrid: boolean;
  readonly isOblique: boolean;
  readonly height: number;
  readonly leafSizes: number;
  readonly splitCount: number;
}

function readHead(view: DataView): Head {
  const [formula, kind, height, leafSizes] = [6, 7, 8, 9].map((at) => view.getUint8(at));
  const treeCount = view.getUint16(4, true);
  if (treeCount < 1 || treeCount > TREE_COUNT_MAX) {
    refuse(`must have 1 to ${TREE_COUNT_MAX} trees`, treeCount);
  }
  if (formula >= FORMULAS.length) refuse("must have a known average path", formula);
  if (kind > Splits.oblique) refuse("must have a known kind of splits", kind);
  if (height > HEIGHT_MAX) refuse(`must be at most ${HEIGHT_MAX} high`, height);
  if (leafSizes > LeafSizes.allPlusOne) refuse("must have a known kind of sizes", leafSizes);
  return {
    featureCount: view.getUint16(0, true),
    subsampleSize: view.getUint16(2, true),
    treeCount,
    averagePath: FORMULAS[formula],
    isGrid: kind === Splits.grid,
    isOblique: kind === Splits.oblique,
    height,
    leafSizes,
    splitCount: view.getUint32(10, true),
  };
}

interface Structure extends Pick<Forest, "roots" | "child"> {
  /** Edges to each node from the root of its tree. */
  readonly heights: Uint8Array;
  /** Inner nodes in order. */
  readonly splits: Uint32Array;
}

/** Children follow from the order of nodes: the next two that are not yet taken. */
function readStructure(bits: BitReader, { treeCount, splitCount, height }: Head): Structure {
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
      if (end > nodeCount) refuse(`must end tree ${tree} within ${nodeCount} nodes`, end);
      if (heights[node] === height || bits.readBit() === 0) continue;
      splits[split++] = node;
      child[node] = end;
      heights[end] = heights[end + 1] = heights[node] + 1;
      highest = Math.max(highest, heights[end]);
      end += 2;
    }
  }
  if (node !== nodeCount) refuse(`must have ${nodeCount} nodes in its trees`, node);
  if (highest !== height) refuse(`must be ${height} high`, highest);
  return { roots, child, heights, splits };
}

function readColumns(
  bits: BitReader,
  splits: Uint32Array,
  nodeCount: number,
  featureCount: number,
): Uint16Array {
  const read = bits.readMany(columnBits(featureCount), splits.length);
  const columns = new Uint16Array(nodeCount);
  for (let i = 0; i < read.length; i++) {
    if (read[i] >= featureCount) {
      refuse(`must split a column below ${featureCount} at node ${splits[i]}`, read[i]);
    }
    columns[splits[i]] = read[i];
  }
  return columns;
}

/** Sizes of leaves, and the covers of inner nodes from those of their children. */
function readSizes(
  bits: BitReader,
  { child, heights, splits }: Structure,
  { height, leafSizes }: Head,
): Uint16Array {
  const size = new Uint16Array(child.length);
  const areAllWritten = leafSizes !== LeafSizes.atFullHeight;
  for (let node = 0; node < child.length; node++) {
    if (child[node] !== 0) continue;
    const written = areAllWritten || heights[node] === height ? bits.readGamma() : 1;
    const rows = leafSizes === LeafSizes.allPlusOne ? written - 1 : written;
    if (rows > SUBSAMPLE_SIZE_MAX) refuse(`must have at most ${SUBSAMPLE_SIZE_MAX} rows`, rows);
    size[node] = rows;
  }
  // Children come after their parent.
  for (let i = splits.length - 1; i >= 0; i--) {
    const node = splits[i];
    const cover = size[child[node]] + size[child[node] + 1];
    if (cover > SUBSAMPLE_SIZE_MAX) {
      refuse(`must have at most ${SUBSAMPLE_SIZE_MAX} rows at a node`, cover);
    }
    size[node] = cover;
  }
  return size;
}

/** How the sizes of a forest's leaves are written. */
function leafSizesOf({ child, size }: Forest, heights: Uint8Array, height: number): number {
  let kind: number = LeafSizes.atFullHeight;
  for (let node = 0; node < child.length; node++) {
    if (child[node] !== 0) continue;
    if (size[node] === 0) return LeafSizes.allPlusOne;
    if (size[node] > 1 && heights[node] < height) kind = LeafSizes.all;
  }
  return kind;
}

function isWritten(leafSizes: number, nodeHeight: number, height: number): boolean {
  return leafSizes !== LeafSizes.atFullHeight || nodeHeight === height;
}

/** Inner nodes in order. */
function splitsOf(child: Uint32Array): Uint32Array {
  const splits: number[] = [];
  for (let node = 0; node < child.length; node++) if (child[node] !== 0) splits.push(node);
  return Uint32Array.from(splits);
}

/** Edges to each node from the root of its tree. */
function heightsOf(child: Uint32Array): Uint8Array {
  const heights = new Uint8Array(child.length);
  for (let node = 0; node < child.length; node++) {
    const left = child[node];
    if (left !== 0) heights[left] = heights[left + 1] = heights[node] + 1;
  }
  return heights;
}

/** Bits of the last column's number. */
function columnBits(featureCount: number): number {
  return featureCount <= 1 ? 0 : 32 - Math.clz32(featureCount - 1);
}

function refuse(want: string, found: number): never {
  throw new BundleError(
    "BUNDLE_FOREST",
    `Cannot read forest as it ${want}: current value is ${found}`,
  );
}
