import { compiled, scoreOfSum } from "../compiled.ts";
import type { Forest } from "../forest.ts";
import { pathLengthSum, scoreRow } from "../score.ts";
import { type FeatureRange, type Steps, stepsOf, thinned } from "./feature_steps.ts";
import { pathSumsOver, pathSumsOverPairs } from "./path_sums.ts";

export interface CounterfactualOptions {
  /** The changed row's score is at or below it. */
  readonly threshold: number;
  /**
   * Unit of distance of each feature, such as its deviation in training. A feature without one
   * above 0 is measured by the spread of its thresholds, from the least to the greatest; where
   * splits are oblique, by that of the middle half of the values at which the row changes sides.
   */
  readonly scales?: ArrayLike<number>;
  /** Values that a changed feature may take; any where not given. */
  readonly ranges?: readonly (FeatureRange | undefined)[];
  /** Features that may change together; 2 where not given. */
  readonly maxChanges?: 1 | 2;
}

/** The nearest row that is normal. */
export interface Counterfactual {
  /** None where the row is normal as it is, else one or two, in order of their features. */
  readonly changes: readonly {
    readonly feature: number;
    readonly from: number;
    readonly to: number;
  }[];
  /** Σ |to − from| / unit of the feature. */
  readonly distance: number;
  /** Of the changed row. */
  readonly score: number;
}

/** Features of pairs: those that lengthen the paths most by themselves. Pairs are at most 28. */
const PAIR_FEATURES_MAX = 8;
/** Values of each feature of a pair, so that a pair has at most 65,536 combinations. */
const PAIR_STEPS_MAX = 256;

/**
 * The smallest change of one or two features that makes a row's score at or below the threshold, by
 * the sum of changes in units of their features (the distance of Wachter et al. 2017). `undefined`
 * when no change that is searched does. Features that are not finite in the row stay as they are.
 *
 * A score changes with a feature only at the forest's thresholds, so that single changes are
 * searched in full: the nearest value of each interval between thresholds. Pairs are searched among
 * the eight features that by themselves lengthen the paths most, and at 256 values of each, evenly
 * chosen where there are more that would be nearer than the best change so far.
 *
 * Where splits are oblique, the values at which a split turns depend on the row: those of a pair are
 * those that each feature has while the other is as in the row.
 *
 * @throws {RangeError} When row and forest differ in their columns, or the threshold is no number.
 */
export function counterfactual(
  forest: Forest,
  row: Float32Array,
  options: CounterfactualOptions,
): Counterfactual | undefined {
  const { threshold, maxChanges = 2 } = options;
  if (threshold !== threshold) {
    throw new RangeError("Cannot find counterfactual as threshold must be a number: it is NaN");
  }
  const wanted = leastSum(forest, threshold);
  if (pathLengthSum(forest, row) >= wanted) return verified(forest, row, threshold, NO_CHANGE);
  const searched = searchedSteps(forest, row, options);
  let best: Change | undefined;
  for (const { steps, sums } of searched) best = nearer(best, nearestStep(steps, sums, wanted));
  if (maxChanges === 2) best = nearestPair(forest, row, searched, wanted, best);
  return best && verified(forest, row, threshold, best);
}

interface Change {
  readonly distance: number;
  readonly values: readonly { readonly feature: number; readonly to: number }[];
}

const NO_CHANGE: Change = { distance: 0, values: [] };

/** The least sum of path lengths, in units, whose score is at or below the threshold. */
function leastSum(forest: Forest, threshold: number): number {
  const { halfScoreUnits, pathUnits, roots } = compiled(forest);
  const isNormal = (sum: number) => scoreOfSum(halfScoreUnits, sum) <= threshold;
  let low = 0;
  let high = roots.length * pathUnits.reduce((most, units) => Math.max(most, units), 0) + 1;
  if (!isNormal(high)) return Infinity;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isNormal(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface SearchedFeature {
  readonly steps: Steps;
  /** The row's sum of path lengths with each of the steps' values. */
  readonly sums: Float64Array;
}

function searchedSteps(
  forest: Forest,
  row: Float32Array,
  { scales, ranges }: CounterfactualOptions,
): SearchedFeature[] {
  return stepsOf(forest, row, scales, ranges)
    .map((steps) => ({ steps, sums: pathSumsOver(forest, row, steps) }));
}

function nearestStep(
  { feature, values, distances }: Steps,
  sums: Float64Array,
  wanted: number,
): Change | undefined {
  let best = -1;
  for (let i = 0; i < sums.length; i++) {
    if (sums[i] >= wanted && (best < 0 || distances[i] < distances[best])) best = i;
  }
  if (best < 0) return undefined;
  return { distance: distances[best], values: [{ feature, to: values[best] }] };
}

/** The first of two at the same distance. */
function nearer(best: Change | undefined, change: Change | undefined): Change | undefined {
  return change && (!best || change.distance < best.distance) ? change : best;
}

function nearestPair(
  forest: Forest,
  row: Float32Array,
  searched: readonly SearchedFeature[],
  wanted: number,
  single: Change | undefined,
): Change | undefined {
  const longest = ({ sums }: SearchedFeature) => sums.reduce((most, sum) => Math.max(most, sum), 0);
  const chosen = searched
    .map((feature) => ({ steps: feature.steps, longest: longest(feature) }))
    .sort((left, right) => right.longest - left.longest || left.steps.feature - right.steps.feature)
    .slice(0, PAIR_FEATURES_MAX)
    .map(({ steps }) => thinned(steps, single?.distance ?? Infinity, PAIR_STEPS_MAX));
  let best = single;
  for (let i = 0; i < chosen.length; i++) {
    for (let j = i + 1; j < chosen.length; j++) {
      const sums = pathSumsOverPairs(forest, row, chosen[i], chosen[j]);
      best = nearer(best, nearestOfPair(chosen[i], chosen[j], sums, wanted));
    }
  }
  return best;
}

function nearestOfPair(
  first: Steps,
  second: Steps,
  sums: Float64Array,
  wanted: number,
): Change | undefined {
  const columns = second.values.length;
  let best = Infinity;
  let bestAt = -1;
  for (let at = 0, i = 0; i < first.values.length; i++) {
    for (let j = 0; j < columns; j++, at++) {
      const distance = first.distances[i] + second.distances[j];
      if (distance < best && sums[at] >= wanted) {
        best = distance;
        bestAt = at;
      }
    }
  }
  if (bestAt < 0) return undefined;
  const i = Math.floor(bestAt / columns);
  const j = bestAt - i * columns;
  return {
    distance: best,
    values: [
      { feature: first.feature, to: first.values[i] },
      { feature: second.feature, to: second.values[j] },
    ],
  };
}

/** The change with the score that the changed row has. */
function verified(
  forest: Forest,
  row: Float32Array,
  threshold: number,
  { distance, values }: Change,
): Counterfactual {
  const changed = row.slice();
  for (const { feature, to } of values) changed[feature] = to;
  const score = scoreRow(forest, changed);
  if (score > threshold) {
    throw new Error(`Counterfactual scores ${score}, which is above the threshold ${threshold}`);
  }
  const changes = values
    .map(({ feature, to }) => ({ feature, from: row[feature], to }))
    .filter(({ from, to }) => from !== to)
    .sort((left, right) => left.feature - right.feature);
  return { changes, distance, score };
}
