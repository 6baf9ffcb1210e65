/** The walk that explains: each feature gets what its splits change in the expected path length. */
import { compiled } from "../compiled.ts";
import type { Forest } from "../forest.ts";
import { EXPECTED_UNITS, expectedPaths } from "./expected_paths.ts";

/** What each feature takes away, mean over the trees, in edges. */
export function creditRow(forest: Forest, row: Float32Array): Float64Array<ArrayBuffer> {
  const { roots, heights, feature, threshold, next } = compiled(forest);
  const expected = expectedPaths(forest);
  const credits = new Float64Array(forest.featureCount);
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
  const scale = EXPECTED_UNITS * roots.length;
  for (let i = 0; i < credits.length; i++) credits[i] /= scale;
  return credits;
}
