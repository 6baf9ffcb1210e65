import type { Forest } from "../forest.ts";
import type { TreeSlots } from "./path_planes.ts";

/** The thresholds of one feature that a group of trees compares, each once, ascending. */
export interface FeatureCuts {
  readonly feature: number;
  readonly values: Float32Array;
  /** Index of the feature's first mask; it has one mask per cut and one for rows past all. */
  readonly firstMask: number;
}

/** The comparisons of a group of trees, gathered by feature. */
export interface Cuts {
  readonly features: readonly FeatureCuts[];
  /** The mask of rows with `row[feature] >= threshold`, of each comparison, tree after tree. */
  readonly masks: Uint16Array;
}

export function gatherCuts(forest: Forest, trees: readonly TreeSlots[]): Cuts {
  const { splitFeature, splitValue } = forest;
  const counts = new Uint32Array(forest.featureCount);
  for (const { nodes } of trees) for (const node of nodes) counts[splitFeature[node]]++;
  const values: Float32Array[] = Array.from(counts, (count) => new Float32Array(count));
  const filled = new Uint32Array(forest.featureCount);
  for (const { nodes } of trees) {
    for (const node of nodes) {
      const feature = splitFeature[node];
      values[feature][filled[feature]++] = splitValue[node];
    }
  }
  const cutsOf: FeatureCuts[] = [];
  let firstMask = 0;
  for (let feature = 0; feature < values.length; feature++) {
    cutsOf.push({ feature, values: distinct(values[feature].sort()), firstMask });
    if (counts[feature] > 0) firstMask += cutsOf[feature].values.length + 1;
  }
  const comparisonCount = trees.reduce((sum, tree) => sum + tree.nodes.length, 0);
  const masks = new Uint16Array(comparisonCount);
  let comparison = 0;
  for (const { nodes } of trees) {
    for (const node of nodes) {
      const cuts = cutsOf[splitFeature[node]];
      masks[comparison++] = cuts.firstMask + indexOf(cuts.values, splitValue[node]);
    }
  }
  return { features: cutsOf.filter((cuts) => cuts.values.length > 0), masks };
}

function distinct(sorted: Float32Array): Float32Array {
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i];
  }
  return sorted.subarray(0, count);
}

function indexOf(sorted: Float32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
