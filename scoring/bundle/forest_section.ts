import {
  type AveragePathFormula,
  checkForest,
  type Forest,
  SUBSAMPLE_SIZE_MAX,
  TREE_COUNT_MAX,
} from "../forest/mod.ts";
import { BundleError } from "./bundle_error.ts";

/**
 * A forest as bytes, little-endian:
 *
 *     0   2  featureCount
 *     2   2  subsampleSize
 *     4   2  treeCount
 *     6   1  averagePath: 0 liu2008, 1 mlIsolationForest
 *     7   1  bytes of a leaf's size, 1 or 2
 *     8   4  nodeCount
 *     12     one bit a node in the forest's order, least significant first: 1 has children
 *            column of each split, 1 byte or, above 256 columns, 2
 *            threshold of each split, f32
 *            size of each leaf
 *
 * The order of nodes gives where children are and the leaves' sizes give all covers, so that no
 * bytes can say a cycle, a child out of range or covers that disagree.
 */
const HEAD_BYTES = 12;
const FORMULAS: readonly AveragePathFormula[] = ["liu2008", "mlIsolationForest"];

interface SectionShape {
  readonly nodeCount: number;
  readonly featureBytes: number;
  readonly leafBytes: number;
  readonly featuresAt: number;
  readonly thresholdsAt: number;
  readonly leavesAt: number;
  readonly end: number;
}

/** @throws {RangeError} When the forest is not one that `checkForest` accepts. */
export function encodeForest(forest: Forest): Uint8Array<ArrayBuffer> {
  checkForest(forest);
  const { child, size } = forest;
  let leafBytes = 1;
  for (let node = 0; node < child.length; node++) {
    if (child[node] === 0 && size[node] > 255) leafBytes = 2;
  }
  const shape = shapeOf(forest.featureCount, forest.roots.length, child.length, leafBytes);
  const bytes = new Uint8Array(shape.end);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, forest.featureCount, true);
  view.setUint16(2, forest.subsampleSize, true);
  view.setUint16(4, forest.roots.length, true);
  view.setUint8(6, FORMULAS.indexOf(forest.averagePath ?? "liu2008"));
  view.setUint8(7, leafBytes);
  view.setUint32(8, child.length, true);
  writeNodes(view, forest, shape);
  return bytes;
}

function writeNodes(view: DataView, forest: Forest, shape: SectionShape): void {
  const { child, size, splitFeature, splitValue } = forest;
  let split = 0;
  let leaf = 0;
  for (let node = 0; node < child.length; node++) {
    if (child[node] === 0) {
      setUint(view, shape.leavesAt + leaf++ * shape.leafBytes, shape.leafBytes, size[node]);
      continue;
    }
    const byteAt = HEAD_BYTES + (node >> 3);
    view.setUint8(byteAt, view.getUint8(byteAt) | (1 << (node & 7)));
    const featureAt = shape.featuresAt + split * shape.featureBytes;
    setUint(view, featureAt, shape.featureBytes, splitFeature[node]);
    view.setFloat32(shape.thresholdsAt + 4 * split++, splitValue[node], true);
  }
}

/** @throws {BundleError} BUNDLE_FOREST when the bytes are not exactly one sound forest. */
export function decodeForest(bytes: Uint8Array): Forest {
  if (bytes.length < HEAD_BYTES) refuse(`must have at least ${HEAD_BYTES} bytes`, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = readShape(view);
  const averagePath = FORMULAS[view.getUint8(6)];
  if (!averagePath) refuse("must have a known average path", view.getUint8(6));
  const forest: Forest = {
    featureCount: view.getUint16(0, true),
    subsampleSize: view.getUint16(2, true),
    ...readNodes(view, view.getUint16(4, true), shape),
    ...(averagePath === "liu2008" ? {} : { averagePath }),
  };
  try {
    checkForest(forest);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BundleError("BUNDLE_FOREST", reason, { cause });
  }
  return forest;
}

/** Before anything is allocated: the declared counts must be those of the bytes that are there. */
function readShape(view: DataView): SectionShape {
  const treeCount = view.getUint16(4, true);
  const leafBytes = view.getUint8(7);
  const nodeCount = view.getUint32(8, true);
  if (treeCount < 1 || treeCount > TREE_COUNT_MAX) {
    refuse(`must have 1 to ${TREE_COUNT_MAX} trees`, treeCount);
  }
  if (leafBytes !== 1 && leafBytes !== 2) refuse("must have leaves of 1 or 2 bytes", leafBytes);
  if (nodeCount < treeCount || (nodeCount - treeCount) % 2 !== 0) {
    refuse(`must have the nodes of ${treeCount} binary trees`, nodeCount);
  }
  const shape = shapeOf(view.getUint16(0, true), treeCount, nodeCount, leafBytes);
  if (shape.end !== view.byteLength) refuse(`must have ${shape.end} bytes`, view.byteLength);
  return shape;
}

type Nodes = Pick<Forest, "roots" | "splitFeature" | "splitValue" | "child" | "size">;

function readNodes(view: DataView, treeCount: number, shape: SectionShape): Nodes {
  const { roots, child } = readStructure(view, treeCount, shape.nodeCount);
  const splitFeature = new Uint16Array(shape.nodeCount);
  const splitValue = new Float32Array(shape.nodeCount);
  const size = new Uint16Array(shape.nodeCount);
  let split = 0;
  let leaf = 0;
  for (let node = 0; node < shape.nodeCount; node++) {
    if (child[node] === 0) {
      size[node] = getUint(view, shape.leavesAt + leaf++ * shape.leafBytes, shape.leafBytes);
      continue;
    }
    const featureAt = shape.featuresAt + split * shape.featureBytes;
    splitFeature[node] = getUint(view, featureAt, shape.featureBytes);
    splitValue[node] = view.getFloat32(shape.thresholdsAt + 4 * split++, true);
  }
  addCovers(child, size);
  return { roots, child, splitFeature, splitValue, size };
}

/** Children follow from the order of nodes: the next two that are not yet taken. */
function readStructure(
  view: DataView,
  treeCount: number,
  nodeCount: number,
): Pick<Forest, "roots" | "child"> {
  const roots = new Uint32Array(treeCount);
  const child = new Uint32Array(nodeCount);
  let node = 0;
  for (let tree = 0; tree < treeCount; tree++) {
    roots[tree] = node;
    for (let end = node + 1; node < end; node++) {
      if (end > nodeCount) refuse(`must end tree ${tree} within ${nodeCount} nodes`, end);
      if (!bitAt(view, node)) continue;
      child[node] = end;
      end += 2;
    }
  }
  if (node !== nodeCount) refuse(`must have ${nodeCount} nodes in its trees`, node);
  for (let spare = nodeCount; spare % 8 !== 0; spare++) {
    if (bitAt(view, spare)) refuse(`must have no node ${spare}`, 1);
  }
  return { roots, child };
}

/** Covers of inner nodes from those of their children, which come later. */
function addCovers(child: Uint32Array, size: Uint16Array): void {
  for (let node = child.length - 1; node >= 0; node--) {
    if (child[node] === 0) continue;
    const cover = size[child[node]] + size[child[node] + 1];
    if (cover > SUBSAMPLE_SIZE_MAX) {
      refuse(`must have at most ${SUBSAMPLE_SIZE_MAX} rows at a node`, cover);
    }
    size[node] = cover;
  }
}

function shapeOf(
  featureCount: number,
  treeCount: number,
  nodeCount: number,
  leafBytes: number,
): SectionShape {
  const splitCount = (nodeCount - treeCount) / 2;
  const featureBytes = featureCount > 256 ? 2 : 1;
  const featuresAt = HEAD_BYTES + Math.floor((nodeCount + 7) / 8);
  const thresholdsAt = featuresAt + splitCount * featureBytes;
  const leavesAt = thresholdsAt + splitCount * 4;
  const end = leavesAt + (nodeCount - splitCount) * leafBytes;
  return { nodeCount, featureBytes, leafBytes, featuresAt, thresholdsAt, leavesAt, end };
}

function bitAt(view: DataView, node: number): boolean {
  return ((view.getUint8(HEAD_BYTES + (node >> 3)) >> (node & 7)) & 1) === 1;
}

function getUint(view: DataView, offset: number, bytes: number): number {
  return bytes === 1 ? view.getUint8(offset) : view.getUint16(offset, true);
}

function setUint(view: DataView, offset: number, bytes: number, value: number): void {
  if (bytes === 1) view.setUint8(offset, value);
  else view.setUint16(offset, value, true);
}

function refuse(want: string, found: number): never {
  throw new BundleError(
    "BUNDLE_FOREST",
    `Cannot read forest as it ${want}: current value is ${found}`,
  );
}
