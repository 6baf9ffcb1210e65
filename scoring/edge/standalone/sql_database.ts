/** What SQLite stores and gives back. */
export type SqlValue = string | number | null | Uint8Array;

export type SqlRow = Readonly<Record<string, SqlValue>>;

/** What a database may take. */
export interface SqlRoom {
  /** Bytes of its pages, free ones included. */
  readonly fileBytesMax: number;
  /** Bytes of the log of writes, while no single transaction takes more than half of them. */
  readonly logBytesMax: number;
}

/**
 * A SQLite file that this process alone has open, as each platform provides it. All calls are
 * synchronous; a write is on disk when it returns, or before anybody is answered.
 */
export interface SqlDatabase {
  /** False where everything is gone with the process. */
  readonly isDurable: boolean;
  /** Rows of one statement. */
  all(sql: string, params?: readonly SqlValue[]): SqlRow[];
  /** Runs one statement. */
  run(sql: string, params?: readonly SqlValue[]): void;
  /** Runs statements without parameters. */
  exec(sql: string): void;
  /** Runs `work` in one transaction: all of it is stored durably, or nothing when it throws. */
  transaction<T>(work: () => T): T;
  /** Bytes of the pages that hold something. */
  bytesUsed(): number;
  /** Bytes of pages that what was deleted has left. */
  bytesFree(): number;
  /** Bytes that all its files take, or its memory where it has none. */
  bytesTaken(): number;
  /**
   * Refuses from now on what would need more, by an error that `isFull` knows. What is larger already
   * stays as large as it is until it is limited again.
   */
  limit(room: SqlRoom): void;
  /** Writes the log into the file, and gives up to so many free bytes back to the disk. */
  reclaim(bytes: number): void;
  close(): void;
}

/** Whether a write has failed as the disk has no room, or the database may not have more of it. */
export function isFull(error: unknown): boolean {
  // The drivers have no code in common, but all of them tell SQLite's own words.
  return error instanceof Error && /database or disk is full|SQLITE_FULL/.test(error.message);
}

/** Rows that the statement before has changed. */
export function changesOf(database: SqlDatabase): number {
  return Number(database.all("select changes() as count")[0].count);
}

/** Another process has the file open: two edges on one file would each miss what the other keeps. */
export class FileInUseError extends Error {
  override readonly name = "FileInUseError";
}

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
