import type { SqlDatabase, SqlValue } from "../standalone/sql_database.ts";
import { rowOf } from "./row_bytes.ts";

/** What a Durable Object's storage gives and this needs of it. */
export interface DurableStorage {
  readonly sql: {
    exec(sql: string, ...params: unknown[]): { toArray(): Record<string, unknown>[] };
    /** Bytes of the pages in use. */
    readonly databaseSize: number;
  };
  transactionSync<T>(work: () => T): T;
  getAlarm(): Promise<number | null>;
  setAlarm(at: number): Promise<void>;
}

/**
 * A Durable Object's SQLite. It is on disk before anybody is answered: the runtime holds answers
 * until it is.
 */
export function openDurableObject(storage: DurableStorage): SqlDatabase {
  let bytesMax = Infinity;
  const run = (text: string, params: readonly SqlValue[] = []) =>
    storage.sql.exec(text, ...params).toArray();
  return {
    isDurable: true,
    all: (text, params) => run(text, params).map(rowOf),
    run: (text, params) => void run(text, params),
    exec: (text) => void run(text),
    transaction: (work) =>
      storage.transactionSync(() => {
        const before = storage.sql.databaseSize;
        const result = work();
        const after = storage.sql.databaseSize;
        // The words of SQLite, which cannot be told a limit here.
        if (after > bytesMax && after > before) throw new Error("database or disk is full");
        return result;
      }),
    bytesUsed: () => storage.sql.databaseSize,
    bytesFree: () => 0,
    bytesTaken: () => storage.sql.databaseSize,
    limit: ({ fileBytesMax }) => void (bytesMax = fileBytesMax),
    // The runtime keeps the log, and gives free pages back as it likes.
    reclaim: () => {},
    close: () => {},
  };
}
