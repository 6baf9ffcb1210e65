import { BYTES_USED, inTransaction, type SqlDatabase } from "../standalone/store/sql_database.ts";
import { rowOf } from "./row_bytes.ts";

/** What Node's own SQLite and libSQL's synchronous driver have in common. */
interface SyncDriver {
  exec(sql: string): unknown;
  prepare(sql: string): {
    all(...params: unknown[]): unknown[];
    run(...params: unknown[]): unknown;
  };
  close(): void;
}

type OpenDriver = new (path: string) => SyncDriver;

/** Statements kept ready; the store has fewer. */
const STATEMENTS_MAX = 100;

/**
 * Opens or makes an edge's file for this process alone, every commit synced to disk: by Node's own
 * SQLite (22.5 and later), else by the package `libsql`.
 *
 * @throws {Error} When another process has it open, or there is neither.
 */
export async function openNodeSqlite(path: string): Promise<SqlDatabase> {
  const Driver = await findDriver();
  const database = new Driver(path);
  // Exclusive first: then the log is read without shared memory, and a second process fails at once.
  database.exec("pragma locking_mode = exclusive");
  database.exec("pragma journal_mode = wal");
  database.exec("pragma synchronous = full");
  database.exec("begin immediate");
  database.exec("commit");
  const statements = new Map<string, ReturnType<SyncDriver["prepare"]>>();
  const prepared = (sql: string) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= STATEMENTS_MAX) statements.clear();
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const exec = (sql: string) => void database.exec(sql);
  return {
    all: (sql, params = []) => prepared(sql).all(...params).map(rowOf),
    run: (sql, params = []) => void prepared(sql).run(...params),
    exec,
    transaction: (work) => inTransaction(exec, work),
    bytesUsed: () => Number(prepared(BYTES_USED).all().map(rowOf)[0].bytes),
    close: () => database.close(),
  };
}

async function findDriver(): Promise<OpenDriver> {
  try {
    return (await import("node:sqlite")).DatabaseSync as unknown as OpenDriver;
  } catch {
    // A name that bundlers leave alone: the package has native code.
    const name = "libsql";
    const { default: Driver } = await import(name);
    return Driver;
  }
}
