import { compiled, scoreOfSum } from "./compiled.ts";
import { forestKernel } from "./engine/mod.ts";
import { walkRow } from "./engine/walk_kernel.ts";
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
  const scores = new Float64Array(matrix.rowCount);
  forestKernel().scoreRows(forest, matrix, scores);
  return scores;
}

/** anomalyScore of one row, as `scoreForest`. */
export function scoreRow(forest: Forest, row: Float32Array): number {
  checkColumns(forest, row.length);
  return forestKernel().scoreRow(forest, row);
}

/**
 * Σ over all trees of the row's path length, depth + c(size of its leaf), as an integer of
 * `unitsPerEdge`.
 */
export function pathLengthSum(forest: Forest, row: Float32Array): number {
  checkColumns(forest, row.length);
  return walkRow(compiled(forest), row, 0);
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
  return scoreOfSum(tables.halfScoreUnits, sum);
}

function checkColumns(forest: Forest, columnCount: number): void {
  if (columnCount === forest.featureCount) return;
  throw new RangeError(
    `Cannot score rows as they must have ${forest.featureCount} columns: they have ${columnCount}`,
  );
}
