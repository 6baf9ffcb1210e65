/**
 * The isolation forest of Liu, Ting and Zhou 2008: fitted, scored and explained with the same bits
 * in every engine.
 */
export * from "./forest.ts";
export { averagePathLength, unitsPerEdge } from "./average_path.ts";
export { fitForest, type FitOptions } from "./fit.ts";
export { fitGridForest, gridCode, gridValue } from "./grid.ts";
export { pathLengthSum, saturationScore, scoreForest, scoreRow } from "./score.ts";
export * from "./explain/mod.ts";
export { checkForest } from "./check.ts";
export { SplitKindError } from "./split_kind_error.ts";
export * from "./import/mod.ts";
export { useForestKernel } from "./engine/mod.ts";
export {
  CATEGORIES_MAX,
  type CategoryCodes,
  createCategoryCodes,
  fitCategories,
} from "./categories.ts";
export {
  checkDensities,
  createDensityScorer,
  type DensityScorer,
  measureDensities,
  type NodeDensities,
} from "./density.ts";
