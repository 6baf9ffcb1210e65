export type { EventType, TreelineEvent } from "./event.ts";
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
export type { Tables } from "./tables.ts";
export type { TenantDb } from "./tenant_db.ts";
export * from "./write.ts";
export { type Keyset, type Page, PAGE_SIZE_MAX, type PageRequest } from "./page.ts";
