/** What SQLite stores and gives back. */
export type SqlValue = string | number | null | Uint8Array;

export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * A SQLite file that this process alone has open, as each platform provides it. All calls are
 * synchronous; a write is on disk when it returns.
 */
export interface SqlDatabase {
  /** Rows of one statement. */
  all(sql: string, params?: readonly SqlValue[]): SqlRow[];
  /** Runs one statement; gives the number of rows that it changed. */
  run(sql: string, params?: readonly SqlValue[]): number;
  /** Runs statements without parameters. */
  exec(sql: string): void;
  close(): void;
}

/** Runs `work` in one transaction: all of it is stored durably, or nothing when it throws. */
export function inTransaction<T>(database: SqlDatabase, work: () => T): T {
  database.exec("begin immediate");
  try {
    const result = work();
    database.exec("commit");
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors, as a full disk.
    try {
      database.exec("rollback");
    } catch { /* there is no transaction any more */ }
    throw error;
  }
}
