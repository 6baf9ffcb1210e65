import { fitForest, fitGridForest } from "../../forest/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import { forestAlgorithm } from "./forest_algorithm.ts";
import { TREE_SHAPE } from "./tree_shape.ts";

/**
 * Isolation forest: rows that few random splits of single columns set apart are odd (Liu, Ting and
 * Zhou 2008). Scores are the paper's, 2^(−mean path length / c(ψ)).
 */
export const isolationForest: Algorithm = forestAlgorithm({
  name: "isolation_forest",
  source: "F. T. Liu, K. M. Ting, Z.-H. Zhou: Isolation Forest, ICDM 2008",
  parameters: {
    ...TREE_SHAPE,
    grid: {
      default: 0,
      min: 0,
      max: 1,
      integer: true,
      help: "1 for thresholds of two bytes: a third less to keep and to send",
    },
  },
  fit: (rows, { treeCount, subsampleSize, grid }, seed) => ({
    forest: (grid === 1 ? fitGridForest : fitForest)(rows, { treeCount, subsampleSize, seed }),
  }),
});
