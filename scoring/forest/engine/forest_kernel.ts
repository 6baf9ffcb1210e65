import type { ForestShape } from "../grow/fit_trees.ts";
import type { Forest, Matrix } from "../forest.ts";

/** A way to fit and score. All kernels give the same bits; columns and shapes have been checked. */
export interface ForestKernel {
  /** Writes the sum of path units of each row. */
  sumRows(forest: Forest, rows: Matrix, sums: Float64Array): void;
  /** Writes the anomalyScore of each row. */
  scoreRows(forest: Forest, rows: Matrix, scores: Float64Array): void;
  /** anomalyScore of one row. */
  scoreRow(forest: Forest, row: Float32Array): number;
  /** What each feature takes away from a row's expected path, mean over the trees, in edges. */
  creditRow(forest: Forest, row: Float32Array): Float64Array<ArrayBuffer>;
  /** Sum over the trees of each feature's exact Shapley value, in edges. */
  shapRow(forest: Forest, row: Float32Array): Float64Array<ArrayBuffer>;
  /** Fits a forest. */
  fit(matrix: Matrix, shape: ForestShape): Forest;
}
