import { DatabaseSync } from "node:sqlite";
import type { SqlDatabase, SqlRow } from "../standalone/mod.ts";
import { BYTES_USED, inTransaction } from "../standalone/store/sql_database.ts";

/** Statements kept ready; the store has fewer. */
const STATEMENTS_MAX = 100;

/**
 * Opens or makes an edge's file for this process alone, every commit synced to disk.
 * @throws {Error} When another process has it open.
 */
export function openSqlite(path: string): SqlDatabase {
  const database = new DatabaseSync(path);
  // Exclusive first: then the log is read without shared memory, and a second process fails at once.
  database.exec("pragma locking_mode = exclusive; pragma journal_mode = wal;");
  database.exec("pragma synchronous = full; begin immediate; commit;");
  const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const prepared = (sql: string) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= STATEMENTS_MAX) statements.clear();
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const exec = (sql: string) => database.exec(sql);
  return {
    all: (sql, params = []) => prepared(sql).all(...params) as SqlRow[],
    run: (sql, params = []) => void prepared(sql).run(...params),
    exec,
    transaction: (work) => inTransaction(exec, work),
    bytesUsed: () => Number(prepared(BYTES_USED).get()?.bytes),
    close: () => database.close(),
  };
}
