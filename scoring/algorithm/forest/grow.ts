import {
  fitForest,
  fitGridForest,
  type Forest,
  HEIGHT_MAX,
  type Matrix,
} from "../../forest/mod.ts";
import type { ParameterRule } from "../algorithm.ts";
import type { Parameters } from "../parameters.ts";

type Rules = Readonly<Record<string, ParameterRule>>;

/** What every isolation forest can be told; the paper's settings are enough for most data. */
const TREE_SHAPE = {
  treeCount: { default: 100, min: 1, max: 1000, integer: true, help: "trees of the forest" },
  subsampleSize: {
    default: 256,
    min: 2,
    max: 4096,
    integer: true,
    help: "rows that each tree sees, less where there are fewer",
  },
} satisfies Rules;

/** What a forest with splits of single columns can be told. */
export const AXIS_FOREST = {
  ...TREE_SHAPE,
  grid: {
    default: 0,
    min: 0,
    max: 1,
    integer: true,
    help: "1 for thresholds of two bytes: a third less to keep and to send",
  },
} satisfies Rules;

/** What a forest with splits of two columns together can be told. */
export const OBLIQUE_FOREST = {
  ...TREE_SHAPE,
  gainShare: {
    default: 0.5,
    min: 0,
    max: 1,
    help: "share of splits at the best threshold instead of a random one",
  },
  heightLimit: {
    default: 0,
    min: 0,
    max: HEIGHT_MAX,
    integer: true,
    help: "edges from a root to a leaf, at most; 0 for log2 of the subsample, 64 for isolation",
  },
} satisfies Rules;

export function growAxisForest(
  rows: Matrix,
  { treeCount, subsampleSize, grid }: Parameters<typeof AXIS_FOREST>,
  seed: number,
): Forest {
  const grow = grid === 1 ? fitGridForest : fitForest;
  return grow(rows, { treeCount, subsampleSize, seed });
}

export function growObliqueForest(
  rows: Matrix,
  { treeCount, subsampleSize, gainShare, heightLimit }: Parameters<typeof OBLIQUE_FOREST>,
  seed: number,
): Forest {
  return fitForest(rows, {
    treeCount,
    subsampleSize,
    seed,
    splits: "oblique",
    gainShare,
    ...(heightLimit > 0 && { heightLimit }),
  });
}
