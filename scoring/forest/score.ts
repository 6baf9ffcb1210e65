import { exp2 } from "../numeric/mod.ts";
import { compiled, type CompiledForest } from "./compiled.ts";
import type { Forest, Matrix } from "./forest.ts";

/**
 * anomalyScore of each row: 2^(−mean path length / c(ψ)) of Liu, Ting and Zhou 2008, in (0, 1],
 * higher is worse. A forest that has seen one row per tree knows nothing and gives 0.5. NaN goes
 * left at every split, ±∞ are beyond every threshold.
 *
 * @throws {RangeError} When rows and forest differ in their columns.
 */
export function scoreForest(forest: Forest, matrix: Matrix): Float64Array<ArrayBuffer> {
  checkColumns(forest, matrix.columnCount);
  const tables = compiled(forest);
  const scores = new Float64Array(matrix.rowCount);
  const last = matrix.rowCount - 1;
  const sums = new Float64Array(4);
  for (let row = 0; row <= last; row += 4) {
    sumFourRows(
      tables,
      matrix.data,
      row * matrix.columnCount,
      Math.min(row + 1, last) * matrix.columnCount,
      Math.min(row + 2, last) * matrix.columnCount,
      Math.min(row + 3, last) * matrix.columnCount,
      sums,
    );
    for (let i = 0; i < 4 && row + i <= last; i++) scores[row + i] = scoreOfSum(tables, sums[i]);
  }
  return scores;
}

/** anomalyScore of one row, as `scoreForest`. */
export function scoreRow(forest: Forest, row: Float32Array): number {
  return scoreOfSum(compiled(forest), pathLengthSum(forest, row));
}

/**
 * Σ over all trees of the row's path length, depth + c(size of its leaf), as an integer of
 * `unitsPerEdge`.
 */
export function pathLengthSum(forest: Forest, row: Float32Array): number {
  checkColumns(forest, row.length);
  const { roots, heights, feature, threshold, next, pathUnits } = compiled(forest);
  let sum = 0;
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree];
    for (let level = heights[tree]; level > 0; level--) {
      node = next[node] + +(row[feature[node]] >= threshold[node]);
    }
    sum += pathUnits[node];
  }
  return sum;
}

/**
 * Score of a row that takes the shortest path in every tree: no row of this forest scores higher.
 */
export function saturationScore(forest: Forest): number {
  const tables = compiled(forest);
  let sum = 0;
  for (let tree = 0; tree < tables.roots.length; tree++) {
    const end = tree + 1 < tables.roots.length ? tables.roots[tree + 1] : tables.next.length;
    let shortest = Infinity;
    for (let node = tables.roots[tree]; node < end; node++) {
      if (tables.next[node] === node) shortest = Math.min(shortest, tables.pathUnits[node]);
    }
    sum += shortest;
  }
  return scoreOfSum(tables, sum);
}

function scoreOfSum({ halfScoreUnits }: CompiledForest, sum: number): number {
  return halfScoreUnits === 0 ? 0.5 : exp2(-(sum / halfScoreUnits));
}

/**
 * Four rows walk a tree in step: their loads do not wait for one another. Offsets are of the rows
 * in `data`. V8 makes no branch of `+(a >= b)`, as it does of `a >= b ? 1 : 0`: a third of the
 * time.
 */
function sumFourRows(
  { roots, heights, feature, threshold, next, pathUnits }: CompiledForest,
  data: Float32Array,
  row0: number,
  row1: number,
  row2: number,
  row3: number,
  sums: Float64Array,
): void {
  let sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
  for (let tree = 0; tree < roots.length; tree++) {
    let node0 = roots[tree];
    let node1 = node0, node2 = node0, node3 = node0;
    for (let level = heights[tree]; level > 0; level--) {
      node0 = next[node0] + +(data[row0 + feature[node0]] >= threshold[node0]);
      node1 = next[node1] + +(data[row1 + feature[node1]] >= threshold[node1]);
      node2 = next[node2] + +(data[row2 + feature[node2]] >= threshold[node2]);
      node3 = next[node3] + +(data[row3 + feature[node3]] >= threshold[node3]);
    }
    sum0 += pathUnits[node0];
    sum1 += pathUnits[node1];
    sum2 += pathUnits[node2];
    sum3 += pathUnits[node3];
  }
  sums[0] = sum0;
  sums[1] = sum1;
  sums[2] = sum2;
  sums[3] = sum3;
}

function checkColumns(forest: Forest, columnCount: number): void {
  if (columnCount === forest.featureCount) return;
  throw new RangeError(
    `Cannot score rows as they must have ${forest.featureCount} columns: they have ${columnCount}`,
  );
}
