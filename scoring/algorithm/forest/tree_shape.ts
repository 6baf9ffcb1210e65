import type { ParameterRule } from "../algorithm.ts";

/** What every isolation forest can be told; the paper's settings are enough for most data. */
export const TREE_SHAPE = {
  treeCount: { default: 100, min: 1, max: 1000, integer: true, help: "trees of the forest" },
  subsampleSize: {
    default: 256,
    min: 2,
    max: 4096,
    integer: true,
    help: "rows that each tree sees, less where there are fewer",
  },
} satisfies Readonly<Record<string, ParameterRule>>;
