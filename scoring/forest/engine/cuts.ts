import type { Forest } from "../forest.ts";

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
  readonly maskCount: number;
  /** The mask of rows with `row[feature] >= threshold`, for an inner node among those gathered. */
  maskOf(node: number): number;
}

/** Gathers the thresholds of some inner nodes. */
export function gatherCuts(forest: Forest, nodes: readonly number[]): Cuts {
  const byFeature = new Map<number, number[]>();
  for (const node of nodes) {
    const feature = forest.splitFeature[node];
    const values = byFeature.get(feature);
    if (values) values.push(forest.splitValue[node]);
    else byFeature.set(feature, [forest.splitValue[node]]);
  }
  const features: FeatureCuts[] = [];
  const cutsOf = new Map<number, FeatureCuts>();
  let maskCount = 0;
  for (const feature of [...byFeature.keys()].sort((a, b) => a - b)) {
    const values = distinct(Float32Array.from(byFeature.get(feature) ?? []).sort());
    const cuts = { feature, values, firstMask: maskCount };
    features.push(cuts);
    cutsOf.set(feature, cuts);
    maskCount += values.length + 1;
  }
  return {
    features,
    maskCount,
    maskOf(node) {
      const cuts = cutsOf.get(forest.splitFeature[node]);
      if (!cuts) throw new RangeError(`Cannot find mask as node ${node} was not gathered`);
      return cuts.firstMask + indexOf(cuts.values, forest.splitValue[node]);
    },
  };
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
