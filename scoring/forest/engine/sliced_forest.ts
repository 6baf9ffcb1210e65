import { leafPathsOf } from "../compiled.ts";
import type { Forest } from "../forest.ts";
import { gatherCuts } from "./cuts.ts";
import { encodeImage, type SlicedImage } from "./image.ts";
import { commonPathUnits, sliceTree, type TreeSlots } from "./path_planes.ts";

/** Columns that the kernels have room for; wider rows walk the trees. */
export const SLICED_FEATURES_MAX = 128;
/**
 * Comparisons of a group of trees, as each needs a mask of 64 bytes: a group's masks fit a
 * second-level cache, so larger forests are scored group after group.
 */
export const GROUP_COMPARISONS_MAX = 8192;
/** Comparisons of one tree: its slots fit a first-level cache and their places 16 bits. */
export const TREE_COMPARISONS_MAX = 511;
/** Vertical counters of a group. Sums stay below 2³¹, so shifts and signs cannot meet. */
export const COUNTERS_MAX = 31;
/**
 * Rows that a forest walks in batches before it is sliced: making its tables takes as long as
 * walking that many, and most forests at an edge never see a batch.
 */
export const WALKED_ROWS_MAX = 2000;

const images = new WeakMap<Forest, readonly SlicedImage[] | null>();

/**
 * The forest as the bit-sliced kernels read it, group after group of trees; made at its first use
 * and kept as long as it. `undefined` when it is past a limit above, or compares sums, and has to be
 * walked.
 */
export function slicedForest(forest: Forest): readonly SlicedImage[] | undefined {
  let known = images.get(forest);
  if (known === undefined) {
    known = sliceForest(forest) ?? null;
    images.set(forest, known);
  }
  return known ?? undefined;
}

/** As `slicedForest`, made anew, for a kernel that copies the images into a memory of its own. */
export function sliceForest(forest: Forest): readonly SlicedImage[] | undefined {
  if (forest.oblique || forest.featureCount > SLICED_FEATURES_MAX) return undefined;
  const { roots } = forest;
  const { pathUnits } = leafPathsOf(forest);
  const common = commonPathUnits(forest, pathUnits);
  const groups: TreeSlots[][] = [];
  let comparisons = 0;
  for (let i = 0; i < roots.length; i++) {
    const tree = sliceTree(forest, roots[i], roots[i + 1] ?? common.length, common);
    if (tree.nodes.length > TREE_COMPARISONS_MAX) return undefined;
    comparisons += tree.nodes.length;
    if (groups.length === 0 || comparisons > GROUP_COMPARISONS_MAX) {
      groups.push([]);
      comparisons = tree.nodes.length;
    }
    groups[groups.length - 1].push(tree);
  }
  const planeCount = bitLength(greatest(pathUnits));
  const made: SlicedImage[] = [];
  for (const trees of groups) {
    const counterCount = planeCount + bitLength(trees.length);
    if (counterCount > COUNTERS_MAX) return undefined;
    made.push(encodeImage({ cuts: gatherCuts(forest, trees), trees, planeCount, counterCount }));
  }
  return made;
}

function greatest(values: Int32Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** Bits of n. */
function bitLength(n: number): number {
  return 32 - Math.clz32(n);
}
