/** From training rows to a model: algorithms, presets, thresholds. */
export * from "./default_detection.ts";
export * from "./detector_algorithms.ts";
export * from "./fit.ts";
export type { TimeRange } from "./fit_task.ts";
export { FOREST_ALGORITHMS, isForestAlgorithm } from "./fit_forest.ts";
export { type FeatureShare, importanceOf } from "./importance.ts";
export * from "./presets.ts";
export { MODEL_ROWS_MIN, TooFewRowsError } from "./training_rows.ts";
