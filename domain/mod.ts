export type { EventType, TreelineEvent } from "./event.ts";
export * from "./errors.ts";
export { type Database, type DatabaseOptions, openDatabase } from "./database.ts";
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
