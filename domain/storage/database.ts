import { Kysely } from "kysely";
import { Connection } from "./connection.ts";
import { filePathOf } from "./database_url.ts";
import { LibsqlDialect } from "./dialect.ts";
import { EventLog } from "./event_log.ts";
import { type FileLock, lockFile } from "./file_lock.ts";
import { openReadWorker, type ReadWorker } from "../worker/read_worker.ts";
import type { Tables } from "./tables.ts";
import type { TenantDb } from "./tenant_db.ts";
import type { Writer } from "./write.ts";
import { GroupWriter } from "./writer.ts";

export interface DatabaseOptions {
  /** As `fileUrl()` makes it of a path, or the `http(s):` or `libsql:` address of a server. */
  readonly url: string;
  readonly authToken?: string;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** How long a write waits for another process's lock before it fails with `BUSY`. */
  readonly busyTimeoutMs?: number;
  /** How long a server may be silent before a read fails with `UNAVAILABLE`. */
  readonly remoteTimeoutMs?: number;
  /** What this process calls itself to others that find the file in use. */
  readonly holder?: string;
}

/** What the process has open of one database. */
export interface Database {
  readonly url: string;
  /** For reads; refuses to write. */
  readonly reader: Kysely<Tables>;
  readonly writer: Writer;
  readonly events: EventLog;
  /** A tenant's view, as every function of a noun takes it. */
  tenant(tenantId: string): TenantDb;
  /** Runs `work` with a Kysely that may change tables and open transactions, while no write runs. */
  migrate<T>(work: (db: Kysely<unknown>) => Promise<T>): Promise<T>;
  /** Runs a heavy read off the main thread; see `ReadWorker.run()`. */
  readonly runInReadWorker: ReadWorker["run"];
  /** Lets waiting writes finish, ends the event log's readers, closes all connections. */
  close(): Promise<void>;
}

const BUSY_TIMEOUT_MS = 5_000;

/** The writer tries once in about this time. */
const BUSY_TRY_MS = 225;

/**
 * Opens the one writer and the reader of a database. A file is locked for this process, and made
 * when missing; its folder must be there.
 *
 * @throws {RangeError} When the address is neither of a file nor of a server.
 * @throws {FileLockedError} When another process has the file open.
 * @throws {StorageError} When it cannot be opened.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, holder = "another task" } = options;
  const path = filePathOf(url);
  const lock = path === undefined ? undefined : await lockFile(path, holder);
  try {
    return opened(options, await openedWriter(options), lock);
  } catch (error) {
    lock?.close();
    throw error;
  }
}

/** A connection that has been used: the file is a WAL database before the first reader looks at it. */
async function openedWriter(options: DatabaseOptions): Promise<Connection> {
  const connection = new Connection({ ...options, mode: "write" });
  try {
    await connection.ping();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function opened(
  options: DatabaseOptions,
  connection: Connection,
  lock: FileLock | undefined,
): Database {
  const { url, now, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  const readConnection = new Connection({ ...options, mode: "read" });
  const reader = new Kysely<Tables>({ dialect: new LibsqlDialect(readConnection) });
  const events = new EventLog(reader);
  const writer = new GroupWriter({
    connection,
    now,
    busyTriesMax: Math.ceil(busyTimeoutMs / BUSY_TRY_MS),
    onCommit: (told) => events.committed(told),
  });
  const worker = openReadWorker(options);
  return {
    url,
    reader,
    writer,
    events,
    tenant: (tenantId) => ({ db: reader, tenantId }),
    migrate: (work) =>
      writer.runAlone(() => work(new Kysely<unknown>({ dialect: new LibsqlDialect(connection) }))),
    runInReadWorker: (name, params, options) => worker.run(name, params, options),
    async close() {
      events.close();
      worker.close();
      await writer.close();
      readConnection.close();
      lock?.close();
    },
  };
}
