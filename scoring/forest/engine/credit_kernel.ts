/** The walk that explains: each feature gets what its splits change in the expected path length. */
import { compiled, type CompiledForest } from "../compiled.ts";
import type { Forest } from "../forest.ts";
import { EXPECTED_UNITS, expectedPaths } from "./expected_paths.ts";
import { creditOblique } from "./oblique_kernel.ts";

/** What each feature takes away, mean over the trees, in edges. */
export function creditRow(forest: Forest, row: Float32Array): Float64Array<ArrayBuffer> {
  const tables = compiled(forest);
  const expected = expectedPaths(forest);
  const credits = new Float64Array(forest.featureCount);
  if (forest.oblique) creditOblique(tables, forest.oblique, expected, row, credits);
  else creditSplits(tables, expected, row, credits);
  const scale = EXPECTED_UNITS * forest.roots.length;
  for (let i = 0; i < credits.length; i++) credits[i] /= scale;
  return credits;
}

function creditSplits(
  { roots, heights, feature, threshold, next }: CompiledForest,
  expected: Int32Array,
  row: Float32Array,
  credits: Float64Array,
): void {
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree];
    for (let level = heights[tree]; level > 0; level--) {
      const column = feature[node];
      // A leaf is its own child and credits 0.
      const child = next[node] + +(row[column] >= threshold[node]);
      credits[column] += expected[node] - expected[child];
      node = child;
    }
  }
}
