/** What SQLite stores and gives back. */
export type SqlValue = string | number | null | Uint8Array;

export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * A SQLite file that this process alone has open, as each platform provides it. All calls are
 * synchronous; a write is on disk when it returns, or before anybody is answered.
 */
export interface SqlDatabase {
  /** Rows of one statement. */
  all(sql: string, params?: readonly SqlValue[]): SqlRow[];
  /** Runs one statement. */
  run(sql: string, params?: readonly SqlValue[]): void;
  /** Runs statements without parameters. */
  exec(sql: string): void;
  /** Runs `work` in one transaction: all of it is stored durably, or nothing when it throws. */
  transaction<T>(work: () => T): T;
  /** Bytes of the file that hold something; what was deleted is free for later. */
  bytesUsed(): number;
  close(): void;
}

/** `bytesUsed` for platforms whose SQLite tells its pages. */
export const BYTES_USED = `select (page_count - freelist_count) * page_size as bytes
  from pragma_page_count, pragma_freelist_count, pragma_page_size`;

/** Transactions for platforms that take them as statements. */
export function inTransaction<T>(exec: (sql: string) => void, work: () => T): T {
  exec("begin immediate");
  try {
    const result = work();
    exec("commit");
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors, as a full disk.
    try {
      exec("rollback");
    } catch { /* there is no transaction any more */ }
    throw error;
  }
}
