import { averagePathUnits, unitsPerEdge } from "../average_path.ts";
import type { Forest } from "../forest.ts";
import { walkOrder } from "./walk_order.ts";

/**
 * A forest as the WebAssembly walks read it, little-endian:
 *
 * - Words: count of groups, place of the nodes.
 * - Per group of ten trees: places of their roots among the nodes, and the greatest height.
 * - Nodes of 8 bytes: i32 key of the threshold, u16 place of the feature's key, u16 distance to the
 *   left child. A leaf has its path units for a key and zeros for the rest, as the key at place 0 is
 *   less than any.
 *
 * Nodes are in the order of `walkOrder`. Keys are integers in the order of the f32 numbers: the bits of one that is not negative, the
 * others' turned round.
 */
export type WalkImage = ArrayBuffer;

const NODE_BYTES = 8;
const KEY_BYTES = 8;
const HEADER_WORDS = 2;
const TREES_PER_GROUP = 10;
const GROUP_WORDS = TREES_PER_GROUP + 1;
const PLACE_MAX = 65_535;
/** Columns whose keys have 16-bit places. */
export const WALKED_FEATURES_MAX = 8191;

/**
 * `undefined` where a tree or a row is too wide for 16-bit places, and where splits are oblique.
 * Straight from the forest, as the first verdict of a model waits for it.
 */
export function encodeWalkImage(forest: Forest): WalkImage | undefined {
  if (forest.oblique || forest.featureCount > WALKED_FEATURES_MAX) return undefined;
  const { roots, child, size, splitFeature, splitValue } = forest;
  const { places, depths, heights } = walkOrder(forest);
  const units = unitsPerEdge(forest);
  const leafUnits = averagePathUnits(forest);
  const groupCount = Math.floor((roots.length + TREES_PER_GROUP - 1) / TREES_PER_GROUP);
  const nodesAt = HEADER_WORDS + groupCount * GROUP_WORDS;
  // One more node, of no path units, is the only one of the trees that fill up the last group.
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
  const halves = new Uint16Array(image);
  for (let node = 0; node < child.length; node++) {
    const left = child[node];
    const at = nodesAt + 2 * places[node];
    if (left === 0) {
      words[at] = depths[node] * units + leafUnits(size[node]);
      continue;
    }
    const distance = NODE_BYTES * (places[left] - places[node]);
    if (distance > PLACE_MAX) return undefined;
    // Of −0 this makes 0, which it equals.
    thresholds[at] = splitValue[node] + 0;
    words[at] ^= (words[at] >> 31) >>> 1;
    halves[2 * at + 2] = KEY_BYTES * (splitFeature[node] + 1);
    halves[2 * at + 3] = distance;
  }
  return image;
}
