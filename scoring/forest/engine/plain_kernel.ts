import { compiled, scoreOfSum } from "../compiled.ts";
import { fitTrees } from "../fit_trees.ts";
import type { Forest, Matrix } from "../forest.ts";
import { creditRow } from "./credit_kernel.ts";
import type { ForestKernel } from "./forest_kernel.ts";
import { shapRow } from "./shap_kernel.ts";
import { slicedForest } from "./sliced_forest.ts";
import { addPathUnits, BLOCK_ROWS } from "./sliced_kernel.ts";
import { walkRow, walkRows } from "./walk_kernel.ts";

/** Below this many rows a block costs more than their walks. */
const BLOCK_ROWS_MIN = 96;

/** Plain TypeScript, for runtimes without WebAssembly: bit-sliced blocks, and walks for the rest. */
export const plainKernel: ForestKernel = {
  fit: fitTrees,
  sumRows,
  scoreRows(forest, rows, scores) {
    sumRows(forest, rows, scores);
    const { halfScoreUnits } = compiled(forest);
    for (let i = 0; i < rows.rowCount; i++) scores[i] = scoreOfSum(halfScoreUnits, scores[i]);
  },
  scoreRow(forest, row) {
    const tables = compiled(forest);
    return scoreOfSum(tables.halfScoreUnits, walkRow(tables, row, 0));
  },
  creditRow,
  shapRow,
};

function sumRows(forest: Forest, rows: Matrix, sums: Float64Array): void {
  const { rowCount } = rows;
  const images = rowCount >= BLOCK_ROWS_MIN ? slicedForest(forest) : undefined;
  let row = 0;
  for (; images && rowCount - row >= BLOCK_ROWS_MIN; row += BLOCK_ROWS) {
    sums.fill(0, row, row + BLOCK_ROWS);
    for (const image of images) addPathUnits(image, rows, row, sums);
  }
  if (row < rowCount) walkRows(compiled(forest), rows, row, rowCount, sums);
}
