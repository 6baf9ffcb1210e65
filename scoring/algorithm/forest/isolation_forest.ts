import type { Algorithm } from "../algorithm.ts";
import { forestAlgorithm } from "./forest_algorithm.ts";
import { AXIS_FOREST, growAxisForest } from "./grow.ts";

/**
 * Isolation forest: rows that few random splits of single columns set apart are odd (Liu, Ting and
 * Zhou 2008). Scores are the paper's, 2^(−mean path length / c(ψ)).
 */
export const isolationForest: Algorithm = forestAlgorithm({
  name: "isolation_forest",
  source: "F. T. Liu, K. M. Ting, Z.-H. Zhou: Isolation Forest, ICDM 2008",
  parameters: AXIS_FOREST,
  fit: (rows, parameters, seed) => ({ forest: growAxisForest(rows, parameters, seed) }),
});
