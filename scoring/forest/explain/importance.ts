import type { Forest, Matrix } from "../forest.ts";
import { explainRow } from "./path_attribution.ts";
import { shapRow } from "./shap.ts";

/**
 * How much each feature matters to the scores of these rows: the mean of |Shapley value| over them
 * (Lundberg et al. 2020, global importance), in edges of path length, at least 0. Of no rows it is
 * 0 for every feature. The work is that of one `shapRow` for each row, so some thousand rows are a
 * good choice where there are many.
 *
 * Where splits are oblique, which have no Shapley values here, it is the mean of |contribution| of
 * `explainRow`: also edges of path length, at a hundredth of the work.
 *
 * @throws {RangeError} When rows and forest differ in their columns.
 */
export function featureImportance(forest: Forest, rows: Matrix): Float64Array<ArrayBuffer> {
  const { data, rowCount, columnCount } = rows;
  const importance = new Float64Array(forest.featureCount);
  const contribute = forest.oblique ? explainRow : shapRow;
  for (let row = 0; row < rowCount; row++) {
    const values = data.subarray(row * columnCount, (row + 1) * columnCount);
    const { contributions } = contribute(forest, values);
    for (let i = 0; i < importance.length; i++) importance[i] += Math.abs(contributions[i]);
  }
  if (rowCount > 0) {
    for (let i = 0; i < importance.length; i++) importance[i] /= rowCount;
  }
  return importance;
}
