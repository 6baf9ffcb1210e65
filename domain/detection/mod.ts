/** What watches a fleet: detectors, their settings and models, baselines, contracts. */
export * from "./baselines.ts";
export * from "./contracts.ts";
export {
  BUCKET_MS_DEFAULT,
  SCOPE_DEVICES_MAX,
  SEVERITY_PROFILES,
  THRESHOLD_MODES,
} from "./detector_input.ts";
export * from "./detectors.ts";
export * from "./models.ts";
export { type Pool, poolsOf } from "./pools.ts";
export * from "./settings.ts";
export { LEARNING_DAYS, listWatches, type Watch, type WatchState } from "./watches.ts";
