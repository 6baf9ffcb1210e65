import { compiled } from "../compiled.ts";
import type { Forest, ObliqueSplits } from "../forest.ts";
import { goesRight } from "./oblique_thresholds.ts";

/** Values that one feature of a row may take, ascending. */
export interface Choices {
  readonly feature: number;
  readonly values: Float32Array;
}

/**
 * The sum of the row's path lengths over all trees, in units, for each value of one feature, all
 * others as in the row. One walk a tree, however many values there are.
 */
export function pathSumsOver(forest: Forest, row: Float32Array, choices: Choices): Float64Array {
  const { length } = choices.values;
  const sums = new Float64Array(length + 1);
  const { pathUnits } = compiled(forest);
  walkFreely(forest, row, choices, NO_CHOICES, (leaf, from, to) => {
    sums[from] += pathUnits[leaf];
    sums[to] -= pathUnits[leaf];
  });
  for (let i = 1; i < length; i++) sums[i] += sums[i - 1];
  return sums.subarray(0, length);
}

/**
 * As `pathSumsOver`, for each pair of values of two features: entry i · `second.values.length` + j
 * is of `first.values[i]` and `second.values[j]`.
 */
export function pathSumsOverPairs(
  forest: Forest,
  row: Float32Array,
  first: Choices,
  second: Choices,
): Float64Array {
  const rows = first.values.length;
  const columns = second.values.length;
  const stride = columns + 1;
  // Each leaf adds its path length to a rectangle, by its corners; running sums fill them in.
  const corners = new Float64Array((rows + 1) * stride);
  const { pathUnits } = compiled(forest);
  walkFreely(forest, row, first, second, (leaf, from, to, left, right) => {
    const units = pathUnits[leaf];
    corners[from * stride + left] += units;
    corners[from * stride + right] -= units;
    corners[to * stride + left] -= units;
    corners[to * stride + right] += units;
  });
  const sums = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    let running = 0;
    for (let j = 0; j < columns; j++) {
      running += corners[i * stride + j];
      sums[i * columns + j] = running + (i === 0 ? 0 : sums[(i - 1) * columns + j]);
    }
  }
  return sums;
}

/** One value of no feature. */
const NO_CHOICES: Choices = { feature: -1, values: new Float32Array(1) };

type VisitLeaf = (leaf: number, from: number, to: number, left: number, right: number) => void;

/**
 * Visits each leaf that the row can reach by a choice of each of two features, with the choices
 * that lead there: of the first from `from` up to `to`, of the second from `left` up to `right`.
 */
function walkFreely(
  forest: Forest,
  row: Float32Array,
  first: Choices,
  second: Choices,
  visitLeaf: VisitLeaf,
): void {
  if (forest.oblique) walkObliqueFreely(forest, forest.oblique, row, first, second, visitLeaf);
  else walkAxisFreely(forest, row, first, second, visitLeaf);
}

function walkAxisFreely(
  { roots, child, splitFeature, splitValue }: Forest,
  row: Float32Array,
  first: Choices,
  second: Choices,
  visitLeaf: VisitLeaf,
): void {
  const walk = (node: number, from: number, to: number, left: number, right: number): void => {
    if (from === to || left === right) return;
    const below = child[node];
    if (below === 0) return visitLeaf(node, from, to, left, right);
    const feature = splitFeature[node];
    const threshold = splitValue[node];
    if (feature === first.feature) {
      const middle = firstAtOrAbove(first.values, threshold, from, to);
      walk(below, from, middle, left, right);
      walk(below + 1, middle, to, left, right);
    } else if (feature === second.feature) {
      const middle = firstAtOrAbove(second.values, threshold, left, right);
      walk(below, from, to, left, middle);
      walk(below + 1, from, to, middle, right);
    } else {
      walk(below + +(row[feature] >= threshold), from, to, left, right);
    }
  };
  for (const root of roots) walk(root, 0, first.values.length, 0, second.values.length);
}

/**
 * A split that compares both features parts no rectangle of choices, so each choice of the first
 * goes on alone from there.
 */
function walkObliqueFreely(
  forest: Forest,
  oblique: ObliqueSplits,
  row: Float32Array,
  first: Choices,
  second: Choices,
  visitLeaf: VisitLeaf,
): void {
  const { roots, child, splitFeature } = forest;
  const { secondFeature } = oblique;
  const changed = row.slice();
  /** The side of a choice. */
  const side = (node: number, { feature, values }: Choices, choice: number): number => {
    changed[feature] = values[choice];
    return +goesRight(forest, oblique, node, changed);
  };
  /** The first of the choices that goes as the last, as sums are monotone in each value. */
  const turn = (node: number, choices: Choices, from: number, to: number): number => {
    const last = side(node, choices, to - 1);
    let low = from;
    let high = to - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (side(node, choices, middle) === last) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const walk = (node: number, from: number, to: number, left: number, right: number): void => {
    if (from === to || left === right) return;
    const below = child[node];
    if (below === 0) return visitLeaf(node, from, to, left, right);
    const compares = (feature: number) =>
      splitFeature[node] === feature || secondFeature[node] === feature;
    const isFirst = compares(first.feature);
    const isSecond = compares(second.feature);
    if (isFirst && isSecond && to - from > 1) {
      for (let choice = from; choice < to; choice++) walk(node, choice, choice + 1, left, right);
    } else if (isSecond) {
      if (isFirst) changed[first.feature] = first.values[from];
      const middle = turn(node, second, left, right);
      const last = side(node, second, right - 1);
      walk(below + 1 - last, from, to, left, middle);
      walk(below + last, from, to, middle, right);
    } else if (isFirst) {
      const middle = turn(node, first, from, to);
      const last = side(node, first, to - 1);
      walk(below + 1 - last, from, middle, left, right);
      walk(below + last, middle, to, left, right);
    } else walk(below + +goesRight(forest, oblique, node, changed), from, to, left, right);
  };
  for (const root of roots) walk(root, 0, first.values.length, 0, second.values.length);
}

/** First index in [from, to) whose value goes right at the threshold, else `to`. */
export function firstAtOrAbove(
  values: ArrayLike<number>,
  threshold: number,
  from: number,
  to: number,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] >= threshold) high = middle;
    else low = middle + 1;
  }
  return low;
}
