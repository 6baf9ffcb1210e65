import type { Forest, Matrix } from "../forest.ts";

/** A way to score rows. All kernels give the same bits; columns have been checked. */
export interface ForestKernel {
  /** Writes the sum of path units of each row. */
  sumRows(forest: Forest, rows: Matrix, sums: Float64Array): void;
  /** Writes the anomalyScore of each row. */
  scoreRows(forest: Forest, rows: Matrix, scores: Float64Array): void;
  /** anomalyScore of one row. */
  scoreRow(forest: Forest, row: Float32Array): number;
  /** Sum over the trees of what each feature takes away from a row's path, in `EXPECTED_UNITS`. */
  creditRow(forest: Forest, row: Float32Array): Float64Array<ArrayBuffer>;
}
