export type { EventType, TreelineEvent } from "./event.ts";
export * from "./errors.ts";
export { type Database, type DatabaseOptions, openDatabase } from "./database.ts";
export { filePathOf, fileUrl } from "./database_url.ts";
export {
  EventLog,
  EVENTS_PER_READ,
  eventStatement,
  eventStatements,
  type FollowEventsOptions,
  type Heartbeat,
  type NewEvent,
  type ReadEventsOptions,
} from "./event_log.ts";
export { FileLockedError } from "./file_lock.ts";
export { createIdFactory, type IdDeps, type RandomBytes } from "./id.ts";
export { openReadWorker, type ReadWorker, ReadWorkerError } from "./read_worker.ts";
export { type Principal, type Role, ROLES } from "./role.ts";
export * from "./api_keys.ts";
export * from "./tenants.ts";
export type { Tables } from "./tables.ts";
export type { TenantDb } from "./tenant_db.ts";
export * from "./write.ts";
export * from "./anomalies.ts";
export * from "./baselines.ts";
export type { ChangeDeps } from "./change.ts";
export {
  BUCKET_MS_DEFAULT,
  SCOPE_DEVICES_MAX,
  SEVERITY_PROFILES,
  THRESHOLD_MODES,
} from "./detector_input.ts";
export * from "./detectors.ts";
export * from "./devices.ts";
export * from "./edge_sync.ts";
export * from "./edges.ts";
export { createTenantEdgeStore, type EdgeStoreDeps, type TenantEdgeStore } from "./edge_store.ts";
export * from "./incidents.ts";
export { type Json, type JsonObject, METADATA_LENGTH_MAX, NAME_LENGTH_MAX } from "./input.ts";
export type { FitDeviceParams, FitDeviceResult, FittedModel } from "./fit_device.ts";
export * from "./job_leases.ts";
export * from "./jobs.ts";
export * from "./metrics.ts";
export * from "./models.ts";
export { type Keyset, type Page, PAGE_SIZE_MAX, type PageRequest } from "./page.ts";
export { DETECTORS_MAX, DEVICES_MAX, METRICS_MAX, UNFINISHED_JOBS_MAX } from "./quota.ts";
export { findSeries, listSeries, type Series } from "./series.ts";
export * from "./settings.ts";
export * from "./telemetry.ts";
