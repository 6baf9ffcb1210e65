import { compiled } from "../compiled.ts";
import type { Forest } from "../forest.ts";
import type { ShapTables } from "./shap_tables.ts";

/**
 * A forest as the WebAssembly kernel of Shapley values reads it, little-endian:
 *
 * - A word: count of trees.
 * - Per tree two words, the counts of splits and of leaves, then both in order of nodes.
 * - Per split 32 bytes: f32 threshold, u16 place of the feature in a row, u16 numbers of the node,
 *   of its left child and of the node above (`ShapTables`) in the tree, f64 shares of its children.
 * - Per leaf two words: its number in the tree, its path units.
 */
export type ShapImage = ArrayBuffer;

const SPLIT_WORDS = 8;
const LEAF_WORDS = 2;
/** Nodes of a tree that the kernel has room for. */
const NODES_MAX = 6_000;
/** Features that a row may have for its places to be 16-bit numbers. */
export const SHAP_FEATURES_MAX = 16_384;

/** `undefined` where a tree or a row is too large. */
export function encodeShapImage(forest: Forest, tables: ShapTables): ShapImage | undefined {
  if (forest.featureCount > SHAP_FEATURES_MAX || tables.nodesMax > NODES_MAX) return undefined;
  const { roots, child, splitFeature, splitValue } = forest;
  const { pathUnits } = compiled(forest);
  const splitCount = (child.length - roots.length) / 2;
  const leafCount = child.length - splitCount;
  const wordCount = 1 + 2 * roots.length + SPLIT_WORDS * splitCount + LEAF_WORDS * leafCount;
  const view = new DataView(new ArrayBuffer(4 * wordCount));
  view.setUint32(0, roots.length, true);
  let at = 4;
  roots.forEach((root, tree) => {
    const end = tree + 1 < roots.length ? roots[tree + 1] : child.length;
    const splits = (end - root - 1) / 2;
    view.setUint32(at, splits, true);
    view.setUint32(at + 4, end - root - splits, true);
    let split = at + 8;
    let leaf = split + 4 * SPLIT_WORDS * splits;
    for (let node = root; node < end; node++) {
      const left = child[node];
      if (left === 0) {
        view.setUint32(leaf, node - root, true);
        view.setInt32(leaf + 4, pathUnits[node], true);
        leaf += 4 * LEAF_WORDS;
        continue;
      }
      view.setFloat32(split, splitValue[node], true);
      view.setUint16(split + 4, 4 * splitFeature[node], true);
      view.setUint16(split + 6, node - root, true);
      view.setUint16(split + 8, left - root, true);
      view.setUint16(split + 10, tables.above[node] - root, true);
      view.setFloat64(split + 16, tables.share[left], true);
      view.setFloat64(split + 24, tables.share[left + 1], true);
      split += 4 * SPLIT_WORDS;
    }
    at = leaf;
  });
  return view.buffer;
}
