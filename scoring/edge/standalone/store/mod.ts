/** The file of a stand-alone edge: its tables, and what is kept in them. */
export { type KeptIncidentFilter, KeptIncidents } from "./kept_incidents.ts";
export { type KeptPoint, KeptPoints } from "./kept_points.ts";
export { inTransaction, type SqlDatabase, type SqlRow, type SqlValue } from "./sql_database.ts";
export { type KeptAssignment, type KeptDevice, SqliteStore } from "./sqlite_store.ts";
export { openTables, readMeta, writeMeta } from "./tables.ts";
export { createSourceKeeper } from "./source_keeper.ts";
