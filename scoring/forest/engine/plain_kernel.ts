import { compiled, scoreOfSum } from "../compiled.ts";
import { fitTrees } from "../grow/fit_trees.ts";
import type { Forest, Matrix } from "../forest.ts";
import { creditRow } from "./credit_kernel.ts";
import type { ForestKernel } from "./forest_kernel.ts";
import { shapRow } from "./shap_kernel.ts";
import { slicedForest, WALKED_ROWS_MAX } from "./sliced_forest.ts";
import { addPathUnits } from "./sliced_kernel.ts";
import { BLOCK_ROWS } from "./sliced_ranks.ts";
import { walkRow, walkRows } from "./walk_kernel.ts";

/** Below this many rows a block costs more than their walks. */
const BLOCK_ROWS_MIN = 96;

/** Plain TypeScript, for runtimes without WebAssembly: bit-sliced blocks, and walks for the rest. */
export const plainKernel: ForestKernel = createPlainKernel();

/** @param walkedRowsMax Rows that a forest walks before it is sliced. */
export function createPlainKernel(walkedRowsMax: number = WALKED_ROWS_MAX): ForestKernel {
  const walkedRows = new WeakMap<Forest, number>();

  function isWorthSlicing(forest: Forest, rowCount: number): boolean {
    if (rowCount < BLOCK_ROWS_MIN) return false;
    const walked = walkedRows.get(forest) ?? 0;
    if (walked > walkedRowsMax) return true;
    walkedRows.set(forest, walked + rowCount);
    return walked + rowCount > walkedRowsMax;
  }

  function sumRows(forest: Forest, rows: Matrix, sums: Float64Array): void {
    const { rowCount } = rows;
    const images = isWorthSlicing(forest, rowCount) ? slicedForest(forest) : undefined;
    let row = 0;
    for (; images && rowCount - row >= BLOCK_ROWS_MIN; row += BLOCK_ROWS) {
      sums.fill(0, row, row + BLOCK_ROWS);
      for (const image of images) addPathUnits(image, rows, row, sums);
    }
    if (row < rowCount) walkRows(compiled(forest), rows, row, rowCount, sums);
  }

  return {
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
}
