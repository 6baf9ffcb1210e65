import {
  type AveragePathFormula,
  checkForest,
  type Forest,
  HEIGHT_MAX,
  TREE_COUNT_MAX,
} from "../forest/mod.ts";
import { BitReader, BitWriter } from "./bit_stream.ts";
import { BundleError, refuseForest } from "./bundle_error.ts";
import { codedBits, readCoded, writeCoded } from "./byte_code.ts";
import {
  countsOf,
  LeafSizes,
  readShapes,
  readSizes,
  type ShapeCounts,
  shapesOf,
  writeShapes,
  writeSizes,
} from "./tree_shapes.ts";
import { forestPlanes, planeLengths, readPlanes, type SplitKind } from "./threshold_planes.ts";

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
 *     14  2  coded: bit p where plane p of threshold_planes.ts is among the bits, as that is shorter
 *     16     the other planes, one after the other
 *            bits, see bit_stream.ts, of all trees in their order:
 *              of each node above full height: 1 has children
 *              of each inner node its column, in the bits that the last column needs
 *              of each inner node its second column likewise, where splits are oblique
 *              of each leaf whose size is written: the size, in gamma code
 *              of each coded plane its bytes: see byte_code.ts
 *              zeros up to a whole byte
 *
 * The order of nodes gives where children are and the leaves' sizes give all covers, so that no
 * bytes can say a cycle, a child out of range or covers that disagree.
 */
const HEAD_BYTES = 16;
/** Shorter planes have no code, which would save them some bits at most. */
const CODED_BYTES_MIN = 32;
const FORMULAS: readonly AveragePathFormula[] = ["liu2008", "mlIsolationForest", "scikitLearn"];
const SPLIT_KINDS: readonly SplitKind[] = ["exact", "grid", "oblique"];

/** @throws {RangeError} When the forest is not one that `checkForest` accepts. */
export function encodeForest(forest: Forest): Uint8Array<ArrayBuffer> {
  checkForest(forest);
  const { featureCount, size, splitFeature, oblique } = forest;
  const shapes = shapesOf(forest);
  const counts = countsOf(shapes, size);
  const { splits } = shapes;
  const bits = new BitWriter();
  writeShapes(bits, shapes, counts);
  const width = columnBits(featureCount);
  for (const node of splits) bits.write(splitFeature[node], width);
  if (oblique) { for (const node of splits) bits.write(oblique.secondFeature[node], width); }
  writeSizes(bits, shapes, counts, size);
  const planes = forestPlanes(forest, splits);
  const isCoded = planes.map((plane) =>
    plane.length >= CODED_BYTES_MIN && codedBits(plane) < 8 * plane.length
  );
  planes.filter((_, i) => isCoded[i]).forEach((plane) => writeCoded(bits, plane));
  const head = headOf(forest, counts, isCoded);
  return concatenated([head, ...planes.filter((_, i) => !isCoded[i]), bits.bytes()]);
}

/** @param isCoded Of each plane. */
function headOf(forest: Forest, counts: ShapeCounts, isCoded: readonly boolean[]): Uint8Array {
  const kind: SplitKind = forest.gridKnots ? "grid" : forest.oblique ? "oblique" : "exact";
  const view = new DataView(new ArrayBuffer(HEAD_BYTES));
  view.setUint16(0, forest.featureCount, true);
  view.setUint16(2, forest.subsampleSize, true);
  view.setUint16(4, counts.treeCount, true);
  view.setUint8(6, FORMULAS.indexOf(forest.averagePath ?? "liu2008"));
  view.setUint8(7, SPLIT_KINDS.indexOf(kind));
  view.setUint8(8, counts.height);
  view.setUint8(9, counts.leafSizes);
  view.setUint32(10, counts.splitCount, true);
  view.setUint16(14, isCoded.reduce((coded, is, plane) => coded | (+is << plane), 0), true);
  return new Uint8Array(view.buffer);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
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
  if (bytes.length < HEAD_BYTES) {
    refuseForest(`must have at least ${HEAD_BYTES} bytes`, bytes.length);
  }
  const head = readHead(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  const { featureCount, kind } = head;
  const { planes, bits } = readOtherPlanes(bytes, head);
  const shapes = readShapes(bits, head);
  const { roots, child, splits } = shapes;
  const splitFeature = readColumns(bits, splits, child.length, featureCount);
  const secondFeature = kind === "oblique"
    ? readColumns(bits, splits, child.length, featureCount)
    : undefined;
  const size = readSizes(bits, shapes, head);
  const read = planes.map((plane) => typeof plane === "number" ? readCoded(bits, plane) : plane);
  if (bits.left > 7 || bits.read(bits.left) !== 0) {
    refuseForest("must end with its last byte", bits.left);
  }
  const { oblique, ...numbers } = readPlanes(read, kind, splits, splitFeature);
  return {
    featureCount,
    subsampleSize: head.subsampleSize,
    roots,
    splitFeature,
    child,
    size,
    ...numbers,
    ...(oblique && secondFeature && { oblique: { secondFeature, ...oblique } }),
    ...(head.averagePath === "liu2008" ? {} : { averagePath: head.averagePath }),
  };
}

/** The planes that are not coded, the lengths of the others, and the bits. */
function readOtherPlanes(
  bytes: Uint8Array,
  head: Head,
): { planes: (Uint8Array | number)[]; bits: BitReader } {
  const { featureCount, treeCount, splitCount, kind, coded } = head;
  const lengths = planeLengths(head);
  if (coded >>> lengths.length !== 0) refuseForest(`must have ${lengths.length} planes`, coded);
  const isCoded = (plane: number) => (coded >>> plane & 1) === 1;
  const sum = (some: readonly number[]) => some.reduce((total, length) => total + length, 0);
  const tailAt = HEAD_BYTES + sum(lengths.filter((_, plane) => !isCoded(plane)));
  // Before anything is allocated: each tree, split and byte that is coded has a bit at least.
  const columns = columnBits(featureCount) * (kind === "oblique" ? 2 : 1);
  const codedBytes = sum(lengths.filter((_, plane) => isCoded(plane)));
  const least = Math.max(treeCount, splitCount) + splitCount * columns + codedBytes;
  if (8 * (bytes.length - tailAt) < least) {
    refuseForest(`must have at least ${tailAt + Math.floor((least + 7) / 8)} bytes`, bytes.length);
  }
  let at = HEAD_BYTES;
  const planes = lengths.map((length, plane) =>
    isCoded(plane) ? length : bytes.subarray(at, at += length)
  );
  return { planes, bits: new BitReader(bytes.subarray(tailAt)) };
}

interface Head extends ShapeCounts {
  readonly featureCount: number;
  readonly subsampleSize: number;
  readonly averagePath: AveragePathFormula;
  readonly kind: SplitKind;
  /** Bit p of plane p. */
  readonly coded: number;
}

function readHead(view: DataView): Head {
  const [formula, kind, height, leafSizes] = [6, 7, 8, 9].map((at) => view.getUint8(at));
  const treeCount = view.getUint16(4, true);
  if (treeCount < 1 || treeCount > TREE_COUNT_MAX) {
    refuseForest(`must have 1 to ${TREE_COUNT_MAX} trees`, treeCount);
  }
  if (formula >= FORMULAS.length) refuseForest("must have a known average path", formula);
  if (kind >= SPLIT_KINDS.length) refuseForest("must have a known kind of splits", kind);
  if (height > HEIGHT_MAX) refuseForest(`must be at most ${HEIGHT_MAX} high`, height);
  if (leafSizes > LeafSizes.allPlusOne) refuseForest("must have a known kind of sizes", leafSizes);
  return {
    featureCount: view.getUint16(0, true),
    subsampleSize: view.getUint16(2, true),
    treeCount,
    averagePath: FORMULAS[formula],
    kind: SPLIT_KINDS[kind],
    height,
    leafSizes,
    splitCount: view.getUint32(10, true),
    coded: view.getUint16(14, true),
  };
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
      refuseForest(`must split a column below ${featureCount} at node ${splits[i]}`, read[i]);
    }
    columns[splits[i]] = read[i];
  }
  return columns;
}

/** Bits of the last column's number. */
function columnBits(featureCount: number): number {
  return featureCount <= 1 ? 0 : 32 - Math.clz32(featureCount - 1);
}
