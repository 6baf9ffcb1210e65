/** The file of a stand-alone edge: its tables, and what is kept in them. */
export type { Assigned, KeptAssignment, KeptDevice } from "./assigned.ts";
export { DISK_BYTES_MAX, DiskRoom, type DiskShares, diskShares } from "./disk_room.ts";
export { type KeptIncidentFilter, KeptIncidents } from "./kept_incidents.ts";
export { type KeptPoint, KeptPoints } from "./kept_points.ts";
export {
  FileInUseError,
  inTransaction,
  type SqlDatabase,
  type SqlRoom,
  type SqlRow,
  type SqlValue,
} from "../sql_database.ts";
export { SqliteStore } from "./sqlite_store.ts";
export { openTables, readMeta, writeMeta } from "./tables.ts";
export { createSourceKeeper } from "./source_keeper.ts";
export { eraseQuarantined, readQuarantine, writeQuarantine } from "./kept_quarantine.ts";
export { type HeldPoint, WaitingPoints, type WaitingSeries } from "./waiting_points.ts";
