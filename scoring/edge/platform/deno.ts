import { DatabaseSync } from "node:sqlite";
import type { SqlDatabase } from "../standalone/mod.ts";
import { openSqliteFile, type SyncDriver } from "./sqlite_file.ts";

/**
 * Opens or makes an edge's file for this process alone, every commit synced to disk.
 * @param path A file, or `IN_MEMORY` for what is gone with the process.
 * @throws {FileInUseError} When another process has it open.
 */
export function openSqlite(path: string): SqlDatabase {
  return openSqliteFile(new DatabaseSync(path) as unknown as SyncDriver, { path });
}
