import { leafPathsOf } from "../compiled.ts";
import type { Forest } from "../forest.ts";
import { expectedPaths } from "./expected_paths.ts";

/**
 * A forest as the WebAssembly walk that explains reads it, little-endian:
 *
 * - Words: count of groups, place of the nodes.
 * - Per group of eight trees: places of their roots among the nodes, and the greatest height.
 * - Nodes of 16 bytes: f32 threshold, u16 place of the feature's cell, u16 distance to the left
 *   child, i64 expected path length. A leaf has the threshold NaN and the distance 0.
 */
export type CreditImage = ArrayBuffer;

/** Bytes of a node, and of a column's cell. */
const NODE_BYTES = 16;
const CELL_BYTES = 16;
const NODE_WORDS = 4;
const HEADER_WORDS = 2;
const TREES_PER_GROUP = 8;
const GROUP_WORDS = TREES_PER_GROUP + 1;
const PLACE_MAX = 65_535;
/** Columns that a row may have whose cells have 16-bit places. */
export const CREDIT_FEATURES_MAX = 4096;

/** `undefined` where a tree or a row is too wide for 16-bit places, and where splits are oblique. */
export function encodeCreditImage(forest: Forest): CreditImage | undefined {
  if (forest.oblique || forest.featureCount > CREDIT_FEATURES_MAX) return undefined;
  const { roots, child, splitFeature, splitValue } = forest;
  const { heights } = leafPathsOf(forest);
  const expected = expectedPaths(forest);
  const groupCount = Math.floor((roots.length + TREES_PER_GROUP - 1) / TREES_PER_GROUP);
  const nodesAt = HEADER_WORDS + groupCount * GROUP_WORDS;
  // One more node is the only one of the trees that fill up the last group.
  const image = new ArrayBuffer(4 * nodesAt + NODE_BYTES * (child.length + 1));
  const words = new Int32Array(image);
  words.set([groupCount, 4 * nodesAt]);
  for (let tree = 0; tree < groupCount * TREES_PER_GROUP; tree++) {
    const group = HEADER_WORDS + Math.floor(tree / TREES_PER_GROUP) * GROUP_WORDS;
    const height = group + TREES_PER_GROUP;
    words[group + tree % TREES_PER_GROUP] = NODE_BYTES * (roots[tree] ?? child.length);
    words[height] = Math.max(words[height], heights[tree] ?? 0);
  }
  const thresholds = new Float32Array(image);
  const places = new Uint16Array(image);
  for (let node = 0; node < child.length; node++) {
    const at = nodesAt + NODE_WORDS * node;
    // The upper word stays 0: no expected path is below 0.
    words[at + 2] = expected[node];
    const left = child[node];
    if (left === 0) {
      thresholds[at] = NaN;
      continue;
    }
    const distance = NODE_BYTES * (left - node);
    if (distance > PLACE_MAX) return undefined;
    thresholds[at] = splitValue[node];
    places[2 * at + 2] = CELL_BYTES * splitFeature[node];
    places[2 * at + 3] = distance;
  }
  thresholds[nodesAt + NODE_WORDS * child.length] = NaN;
  return image;
}
