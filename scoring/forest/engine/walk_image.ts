import { leafPathsOf } from "../compiled.ts";
import type { Forest } from "../forest.ts";

/**
 * A forest as the WebAssembly walk reads it, little-endian:
 *
 * - Words: count of groups, place of the nodes, place of the path units.
 * - Per group of eight trees: places of their roots among the nodes, and the greatest height.
 * - Nodes of 8 bytes: f32 threshold, u16 place of the feature in a row, u16 distance to the left
 *   child. A leaf has the threshold NaN and the distance 0.
 * - i32 path units of each node.
 */
export type WalkImage = ArrayBuffer;

export const NODE_BYTES = 8;
const HEADER_WORDS = 3;
const TREES_PER_GROUP = 8;
const GROUP_WORDS = TREES_PER_GROUP + 1;
const PLACE_MAX = 65_535;
/** A row is copied whole, to a place of this many values. */
const FEATURES_MAX = 16_384;

/**
 * `undefined` where a tree or a row is too wide for 16-bit places, and where splits are oblique.
 * Straight from the forest, as the first verdict of a model waits for it.
 */
export function encodeWalkImage(forest: Forest): WalkImage | undefined {
  if (forest.oblique || forest.featureCount > FEATURES_MAX) return undefined;
  const { roots, child, splitFeature, splitValue } = forest;
  const { heights, pathUnits } = leafPathsOf(forest);
  const groupCount = Math.floor((roots.length + TREES_PER_GROUP - 1) / TREES_PER_GROUP);
  const nodesAt = HEADER_WORDS + groupCount * GROUP_WORDS;
  // One more node is the only one of the trees that fill up the last group.
  const nodeCount = child.length + 1;
  const unitsAt = nodesAt + 2 * nodeCount;
  const image = new ArrayBuffer(4 * (unitsAt + nodeCount));
  const words = new Int32Array(image);
  words.set([groupCount, 4 * nodesAt, 4 * unitsAt]);
  for (let tree = 0; tree < groupCount * TREES_PER_GROUP; tree++) {
    const group = HEADER_WORDS + Math.floor(tree / TREES_PER_GROUP) * GROUP_WORDS;
    const height = group + TREES_PER_GROUP;
    words[group + tree % TREES_PER_GROUP] = NODE_BYTES * (roots[tree] ?? child.length);
    words[height] = Math.max(words[height], heights[tree] ?? 0);
  }
  const thresholds = new Float32Array(image, 4 * nodesAt);
  const places = new Uint16Array(image, 4 * nodesAt);
  for (let node = 0; node < child.length; node++) {
    const left = child[node];
    if (left === 0) {
      thresholds[2 * node] = NaN;
      continue;
    }
    const distance = NODE_BYTES * (left - node);
    if (distance > PLACE_MAX) return undefined;
    thresholds[2 * node] = splitValue[node];
    places[4 * node + 2] = 4 * splitFeature[node];
    places[4 * node + 3] = distance;
  }
  thresholds[2 * child.length] = NaN;
  words.set(pathUnits, unitsAt);
  return image;
}
