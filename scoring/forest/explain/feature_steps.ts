import { nextDown, nextUp } from "../../numeric/mod.ts";
import type { Forest } from "../forest.ts";
import { thresholdsOfRow } from "./oblique_thresholds.ts";
import type { Choices } from "./path_sums.ts";

/** Least and greatest value that a feature may take, both included. */
export interface FeatureRange {
  readonly least: number;
  readonly greatest: number;
}

/** The nearest value to a row's in each interval between the thresholds of one feature. */
export interface Steps extends Choices {
  /** Of each value from the row's, in the feature's unit. */
  readonly distances: Float64Array;
}

/** The steps of each feature that the forest splits and that is finite in the row. */
export function stepsOf(
  forest: Forest,
  row: Float32Array,
  scales: ArrayLike<number> = [],
  ranges: readonly (FeatureRange | undefined)[] = [],
): Steps[] {
  const all: Steps[] = [];
  const { oblique } = forest;
  const found = oblique ? thresholdsOfRow(forest, oblique, row) : thresholdsOf(forest);
  found.forEach((thresholds, feature) => {
    const value = row[feature];
    if (!Number.isFinite(value)) return;
    const spread = oblique ? middleSpreadOf(thresholds) : spreadOf(thresholds);
    const unit = scales[feature] > 0 ? scales[feature] : spread;
    const steps = featureSteps(feature, thresholds, value, unit, ranges[feature]);
    if (steps.values.length > 0) all.push(steps);
  });
  return all;
}

/** At most this many steps that are nearer than a distance, evenly chosen. */
export function thinned(steps: Steps, distance: number, most: number): Steps {
  const near: number[] = [];
  for (let i = 0; i < steps.values.length; i++) if (steps.distances[i] < distance) near.push(i);
  const count = Math.min(near.length, most);
  const chosen = near.length === count
    ? near
    : Array.from({ length: count }, (_, i) => near[Math.floor(i * (near.length - 1) / (most - 1))]);
  return {
    feature: steps.feature,
    values: Float32Array.from(chosen, (i) => steps.values[i]),
    distances: Float64Array.from(chosen, (i) => steps.distances[i]),
  };
}

/** Distinct thresholds of each feature that is split, ascending; in order of features. */
function thresholdsOf({ child, splitFeature, splitValue }: Forest): Map<number, Float32Array> {
  const lists = new Map<number, number[]>();
  for (let node = 0; node < child.length; node++) {
    if (child[node] === 0) continue;
    const list = lists.get(splitFeature[node]);
    if (list) list.push(splitValue[node]);
    else lists.set(splitFeature[node], [splitValue[node]]);
  }
  const features = [...lists.keys()].sort((left, right) => left - right);
  return new Map(features.map((feature) => {
    const sorted = Float32Array.from(lists.get(feature) ?? []).sort();
    return [feature, sorted.filter((value, i) => i === 0 || value !== sorted[i - 1])];
  }));
}

/** Of the middle half: splits that hardly weigh a feature turn the row far from all data. */
function middleSpreadOf(thresholds: Float32Array): number {
  const quarter = thresholds.length >> 2;
  return spreadOf(thresholds.subarray(quarter, thresholds.length - quarter));
}

/** A feature with one threshold has no spread and is measured as it is. */
function spreadOf(thresholds: Float32Array): number {
  const spread = thresholds[thresholds.length - 1] - thresholds[0];
  return spread > 0 ? spread : 1;
}

function featureSteps(
  feature: number,
  thresholds: Float32Array,
  value: number,
  unit: number,
  range: FeatureRange | undefined,
): Steps {
  const least = range ? atOrAbove(range.least) : -Infinity;
  const greatest = range ? -atOrAbove(-range.greatest) : Infinity;
  const values: number[] = [];
  for (let i = 0; i <= thresholds.length; i++) {
    const low = i === 0 ? least : Math.max(thresholds[i - 1], least);
    const high = i === thresholds.length ? greatest : Math.min(nextDown(thresholds[i]), greatest);
    const nearest = Math.min(Math.max(value, low), high);
    if (low <= high && Number.isFinite(nearest)) values.push(nearest);
  }
  return {
    feature,
    values: Float32Array.from(values),
    distances: Float64Array.from(values, (to) => Math.abs(to - value) / unit),
  };
}

/** The least f32 that is not below a number. */
function atOrAbove(value: number): number {
  const rounded = Math.fround(value);
  return rounded < value ? nextUp(rounded) : rounded;
}
