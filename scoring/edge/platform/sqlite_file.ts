import { statSync } from "node:fs";
import {
  FileInUseError,
  inTransaction,
  isFull,
  type SqlDatabase,
  type SqlRoom,
  type SqlRow,
} from "../standalone/sql_database.ts";

/** What Deno's and Node's own SQLite and libSQL's synchronous driver have in common. */
export interface SyncDriver {
  exec(sql: string): unknown;
  prepare(sql: string): {
    all(...params: unknown[]): unknown[];
    run(...params: unknown[]): unknown;
  };
  close(): void;
}

export interface SqliteFileOptions {
  /** The file that the driver has open, or `IN_MEMORY`. */
  readonly path: string;
  /** A row of the driver; as it is where not given. */
  readonly rowOf?: (row: unknown) => SqlRow;
}

/** The path of a database that is gone with its process. */
export const IN_MEMORY = ":memory:";

/** Statements kept ready; the store has fewer. */
const STATEMENTS_MAX = 100;

/** Pages of the log after which it is written into the file: what SQLite does by itself. */
const LOG_PAGES = 1_000;

/** An older file is made one that shrinks while this is little to do: it is written anew, in memory. */
const REMADE_BYTES_MAX = 64 * 1024 ** 2;

const SHRINKING = 2;

/**
 * An edge's file for this process alone, every commit synced to disk.
 * @throws {FileInUseError} When another process has it open.
 */
export function openSqliteFile(driver: SyncDriver, options: SqliteFileOptions): SqlDatabase {
  try {
    // First: then the log is read without shared memory, for which a full disk has no room, and a
    // second process fails at once.
    driver.exec("pragma locking_mode = exclusive");
    // What a statement needs beside its rows would lie where nobody counts it.
    driver.exec("pragma temp_store = memory");
    const database = new SqliteFile(driver, options);
    database.letShrink();
    for (const statement of OPENING) driver.exec(statement);
    return database;
  } catch (error) {
    driver.close();
    if (!(error instanceof Error && /database is locked/.test(error.message))) throw error;
    const message = `Cannot open "${options.path}" as another process has it open`;
    throw new FileInUseError(message, { cause: error });
  }
}

const OPENING: readonly string[] = [
  "pragma journal_mode = wal",
  "pragma synchronous = full",
  "begin immediate",
  "commit",
];

class SqliteFile implements SqlDatabase {
  readonly #driver: SyncDriver;
  readonly #path: string;
  readonly #rowOf: (row: unknown) => SqlRow;
  readonly #statements = new Map<string, ReturnType<SyncDriver["prepare"]>>();

  constructor(driver: SyncDriver, { path, rowOf }: SqliteFileOptions) {
    this.#driver = driver;
    this.#path = path;
    this.#rowOf = rowOf ?? ((row) => row as SqlRow);
  }

  get isDurable(): boolean {
    return this.#path !== IN_MEMORY;
  }

  all: SqlDatabase["all"] = (sql, params = []) =>
    this.#prepared(sql).all(...params).map(this.#rowOf);

  run: SqlDatabase["run"] = (sql, params = []) => void this.#prepared(sql).run(...params);

  exec: SqlDatabase["exec"] = (sql) => void this.#driver.exec(sql);

  transaction: SqlDatabase["transaction"] = (work) => inTransaction(this.exec, work);

  bytesUsed(): number {
    return this.#bytesOf("page_count") - this.bytesFree();
  }

  bytesFree(): number {
    return this.#bytesOf("freelist_count");
  }

  bytesTaken(): number {
    if (!this.isDurable) return this.#bytesOf("page_count");
    const log = statSync(`${this.#path}-wal`, { throwIfNoEntry: false });
    return statSync(this.#path).size + (log?.size ?? 0);
  }

  limit({ fileBytesMax, logBytesMax }: SqlRoom): void {
    const pageBytes = this.#pragma("page_size");
    const logPages = Math.floor(logBytesMax / 4 / pageBytes);
    this.all(`pragma max_page_count = ${Math.floor(fileBytesMax / pageBytes)}`);
    this.all(`pragma wal_autocheckpoint = ${Math.min(LOG_PAGES, logPages)}`);
    // What stays is room in which a full disk can still be told what to forget.
    this.all(`pragma journal_size_limit = ${Math.floor(logBytesMax / 4)}`);
  }

  reclaim(bytes: number): void {
    const pages = Math.floor(bytes / this.#pragma("page_size"));
    // Without a number all free pages would go.
    if (pages > 0) this.#driver.prepare(`pragma incremental_vacuum(${pages})`).all();
    this.all("pragma wal_checkpoint(passive)");
  }

  /** Has a new file give pages back, which is a matter before its first one; a small older one is remade. */
  letShrink(): void {
    // Writes even where nothing changes, for which a full disk has no room.
    if (this.#pragma("auto_vacuum") === SHRINKING) return;
    const bytes = this.#bytesOf("page_count");
    this.exec("pragma auto_vacuum = incremental");
    if (bytes === 0 || bytes > REMADE_BYTES_MAX) return;
    try {
      this.exec("vacuum");
    } catch (error) {
      // It works as it is: on a full disk, and in a process without all rights, where SQLite may not.
      if (!isFull(error) && !/attached databases/.test(String(error))) throw error;
    }
  }

  close(): void {
    this.#driver.close();
  }

  #prepared(sql: string): ReturnType<SyncDriver["prepare"]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= STATEMENTS_MAX) this.#statements.clear();
    const statement = this.#driver.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #bytesOf(pages: "page_count" | "freelist_count"): number {
    return this.#pragma(pages) * this.#pragma("page_size");
  }

  #pragma(name: "auto_vacuum" | "freelist_count" | "page_count" | "page_size"): number {
    return Number(this.all(`pragma ${name}`)[0][name]);
  }
}
