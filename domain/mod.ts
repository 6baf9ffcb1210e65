export * from "./storage/mod.ts";
export * from "./worker/mod.ts";
export * from "./drift/mod.ts";
export * from "./edge/mod.ts";
export * from "./errors.ts";
export { createIdFactory, type IdDeps, type RandomBytes } from "./id.ts";
export { type Principal, type Role, ROLES } from "./role.ts";
export * from "./api_keys.ts";
export * from "./tenants.ts";
export * from "./anomalies.ts";
export * from "./baselines.ts";
export * from "./contracts.ts";
export type { ChangeDeps } from "./change.ts";
export {
  BUCKET_MS_DEFAULT,
  SCOPE_DEVICES_MAX,
  SEVERITY_PROFILES,
  THRESHOLD_MODES,
} from "./detector_input.ts";
export * from "./detectors.ts";
export * from "./devices.ts";
export * from "./incident_timeline.ts";
export * from "./incidents.ts";
export { type Json, type JsonObject, METADATA_LENGTH_MAX, NAME_LENGTH_MAX } from "./input.ts";
export * from "./job_leases.ts";
export { DRIFT_CHECK_MS, enqueueDueJobs } from "./job_schedule.ts";
export * from "./jobs.ts";
export * from "./labels.ts";
export * from "./mapping_rules.ts";
export * from "./metrics.ts";
export * from "./models.ts";
export {
  DETECTORS_MAX,
  DEVICES_MAX,
  LABELS_MAX,
  METRICS_MAX,
  UNFINISHED_JOBS_MAX,
} from "./quota.ts";
export { LEARNING_DAYS, listWatches, type Watch, type WatchState } from "./watches.ts";
export { type Pool, poolsOf } from "./pools.ts";
export { findSeries, listSeries, type Series } from "./series.ts";
export * from "./quarantined_series.ts";
export * from "./recorded_changes.ts";
export * from "./settings.ts";
export * from "./telemetry.ts";
export * from "./unknown_names.ts";
