/** Methods of detection under one contract: what they need, what they give, and their list. */
export * from "./algorithm.ts";
export { readParameters } from "./parameters.ts";
export { ALGORITHMS, findAlgorithm } from "./registry.ts";
export * from "./classical/mod.ts";
export * from "./streams/mod.ts";
export * from "./trend/mod.ts";
export { robustCovariance } from "./covariance/mod.ts";
export { DEVICE_ALERT_LEVELS, deviceResiduals, findDayRows } from "./device/mod.ts";
export { deviceWatch } from "./device_watch/mod.ts";
export { consensus, featureBagging, trio } from "./ensemble/mod.ts";
export { extendedIsolationForest, isolationForest } from "./forest/mod.ts";
export { kNearestNeighbours, localOutlierFactor } from "./neighbours/mod.ts";
export { levelShift } from "./process/mod.ts";
export { NOVELTY_ALERT_SCORE, seriesNovelty } from "./series/novelty/mod.ts";
