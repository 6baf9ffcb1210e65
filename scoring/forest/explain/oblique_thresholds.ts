import { float32At } from "../../numeric/mod.ts";
import type { Forest, ObliqueSplits } from "../forest.ts";
import { obliqueSum } from "../oblique_sum.ts";

/** Place of the greatest f32 among those above 0. */
const GREATEST = 0x7f7fffff;

/**
 * For each feature that the forest splits, the values at which the row changes sides at a split of
 * it, all its other features as they are: from each on, the row goes the other way than below it.
 * Ascending, in order of features.
 */
export function thresholdsOfRow(
  forest: Forest,
  oblique: ObliqueSplits,
  row: Float32Array,
): Map<number, Float32Array> {
  const { child, splitFeature } = forest;
  const { secondFeature } = oblique;
  const lists = new Map<number, number[]>();
  const changed = row.slice();
  const add = (node: number, feature: number) => {
    const value = turningValue(forest, oblique, node, feature, changed);
    changed[feature] = row[feature];
    if (value === undefined) return;
    const list = lists.get(feature);
    if (list) list.push(value);
    else lists.set(feature, [value]);
  };
  for (let node = 0; node < child.length; node++) {
    if (child[node] === 0) continue;
    add(node, splitFeature[node]);
    if (secondFeature[node] !== splitFeature[node]) add(node, secondFeature[node]);
  }
  const features = [...lists.keys()].sort((left, right) => left - right);
  return new Map(features.map((feature) => {
    const sorted = Float32Array.from(lists.get(feature) ?? []).sort();
    return [feature, sorted.filter((value, i) => i === 0 || value !== sorted[i - 1])];
  }));
}

/** The side that a row takes at an oblique split. */
export function goesRight(
  { splitFeature, splitValue }: Forest,
  { secondFeature, weight, secondWeight }: ObliqueSplits,
  node: number,
  row: Float32Array,
): boolean {
  const value = row[splitFeature[node]];
  const secondValue = row[secondFeature[node]];
  return obliqueSum(weight[node], value, secondWeight[node], secondValue) >= splitValue[node];
}

/**
 * The least finite value of a feature from which on the row goes as with the greatest; `undefined`
 * where it goes one way with all. Sums are monotone in a value, rounding included, so halving the
 * list of all f32 numbers finds it. Leaves the row changed.
 */
function turningValue(
  forest: Forest,
  oblique: ObliqueSplits,
  node: number,
  feature: number,
  row: Float32Array,
): number | undefined {
  const side = (index: number) => {
    row[feature] = float32At(index);
    return goesRight(forest, oblique, node, row);
  };
  let low = -GREATEST;
  let high = GREATEST;
  const last = side(high);
  if (side(low) === last) return undefined;
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2);
    if (side(middle) === last) high = middle;
    else low = middle;
  }
  return float32At(high);
}
