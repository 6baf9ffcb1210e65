import type { SqlDatabase } from "../standalone/sql_database.ts";
import { rowOf } from "./row_bytes.ts";
import { openSqliteFile, type SyncDriver } from "./sqlite_file.ts";

type OpenDriver = new (path: string) => SyncDriver;

/**
 * Opens or makes an edge's file for this process alone, every commit synced to disk: by Node's own
 * SQLite (22.5 and later), else by the package `libsql`.
 *
 * @param path A file, or `IN_MEMORY` for what is gone with the process.
 * @throws {FileInUseError} When another process has it open.
 * @throws {Error} When there is neither.
 */
export async function openNodeSqlite(path: string): Promise<SqlDatabase> {
  const Driver = await findDriver();
  return openSqliteFile(new Driver(path), { path, rowOf });
}

async function findDriver(): Promise<OpenDriver> {
  try {
    return (await import("node:sqlite")).DatabaseSync as unknown as OpenDriver;
  } catch {
    // A name that bundlers leave alone: the package has native code.
    const name = "libsql";
    try {
      return (await import(name)).default;
    } catch (cause) {
      const message = "Cannot open a file: wanted Node 22.5 or later, or `npm install libsql` here";
      throw new Error(message, { cause });
    }
  }
}
