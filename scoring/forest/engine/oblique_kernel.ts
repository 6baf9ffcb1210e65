/** Rows that walk trees of oblique splits; no other kernel has them. */
import type { CompiledForest } from "../compiled.ts";
import type { Matrix, ObliqueSplits } from "../forest.ts";
import { obliqueSum } from "../oblique_sum.ts";

/** Sum of path units of one row, which begins at `offset` in `data`. */
export function walkObliqueRow(
  { roots, heights, feature, threshold, next, pathUnits }: CompiledForest,
  { secondFeature, weight, secondWeight }: ObliqueSplits,
  data: Float32Array,
  offset: number,
): number {
  let sum = 0;
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree];
    for (let level = heights[tree]; level > 0; level--) {
      const value = data[offset + feature[node]];
      const secondValue = data[offset + secondFeature[node]];
      const compared = obliqueSum(weight[node], value, secondWeight[node], secondValue);
      node = next[node] + +(compared >= threshold[node]);
    }
    sum += pathUnits[node];
  }
  return sum;
}

/**
 * Writes the sums of the rows from `firstRow` up to `endRow`. All rows walk a tree before the next,
 * so that its nodes stay in the nearest cache, and two in step: their loads do not wait for one
 * another.
 */
export function walkObliqueRows(
  { roots, heights, feature, threshold, next, pathUnits }: CompiledForest,
  { secondFeature, weight, secondWeight }: ObliqueSplits,
  { data, columnCount }: Matrix,
  firstRow: number,
  endRow: number,
  sums: Float64Array,
): void {
  sums.fill(0, firstRow, endRow);
  for (let tree = 0; tree < roots.length; tree++) {
    for (let row = firstRow; row < endRow; row += 2) {
      const other = row + 1 < endRow ? row + 1 : row;
      const at0 = row * columnCount, at1 = other * columnCount;
      let node0 = roots[tree], node1 = node0;
      for (let level = heights[tree]; level > 0; level--) {
        const sum0 = obliqueSum(
          weight[node0],
          data[at0 + feature[node0]],
          secondWeight[node0],
          data[at0 + secondFeature[node0]],
        );
        const sum1 = obliqueSum(
          weight[node1],
          data[at1 + feature[node1]],
          secondWeight[node1],
          data[at1 + secondFeature[node1]],
        );
        node0 = next[node0] + +(sum0 >= threshold[node0]);
        node1 = next[node1] + +(sum1 >= threshold[node1]);
      }
      sums[row] += pathUnits[node0];
      // The last of an odd number walks with itself and counts once.
      if (other !== row) sums[other] += pathUnits[node1];
    }
  }
}

/**
 * Adds what each column takes away from the expected path of a row, in the units of `expected`: a
 * step's change is shared by both columns after how far the row is off their centers, times their
 * weights. One that is not finite is farther off than any that is; equals have half each. The parts
 * are whole units whose sum is the change, so that sums stay exact.
 */
export function creditOblique(
  { roots, heights, feature, threshold, next }: CompiledForest,
  { secondFeature, weight, secondWeight, center }: ObliqueSplits,
  expected: Int32Array,
  row: Float32Array,
  credits: Float64Array,
): void {
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree];
    for (let level = heights[tree]; level > 0; level--) {
      const first = feature[node];
      const second = secondFeature[node];
      const sum = obliqueSum(weight[node], row[first], secondWeight[node], row[second]);
      const child = next[node] + +(sum >= threshold[node]);
      const change = expected[node] - expected[child];
      const share = shareOf(
        distance(weight[node], row[first], center[first]),
        distance(secondWeight[node], row[second], center[second]),
      );
      const part = Math.floor(change * share + 0.5);
      credits[first] += part;
      credits[second] += change - part;
      node = child;
    }
  }
}

function distance(weight: number, value: number, center: number): number {
  return Number.isFinite(value) ? Math.abs(weight * (value - center)) : Infinity;
}

function shareOf(first: number, second: number): number {
  if (first === second) return 0.5;
  return first === Infinity ? 1 : first / (first + second);
}
