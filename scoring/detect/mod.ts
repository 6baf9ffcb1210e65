export * from "./baseline.ts";
export * from "./calibration.ts";
export * from "./default_detection.ts";
export * from "./detector_algorithms.ts";
export * from "./fit.ts";
export {
  FOREST_ALGORITHMS,
  isForestAlgorithm,
  PERIOD_ROWS_MIN,
  SUBSAMPLE_SIZE_DEFAULT,
  TREE_COUNT_DEFAULT,
} from "./fit_forest.ts";
export * from "./judge.ts";
export * from "./model.ts";
export * from "./presets.ts";
export * from "./score_vectors.ts";
export * from "./sections.ts";
export * from "./setting.ts";
export * from "./severity.ts";
export * from "./sklearn.ts";
export { BORROWED_CONFIDENCE } from "./tell.ts";
export { MODEL_ROWS_MIN, TooFewRowsError } from "./training_rows.ts";
export * from "./verdict.ts";
