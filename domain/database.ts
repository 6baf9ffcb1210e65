import { Kysely } from "kysely";
import { Connection } from "./connection.ts";
import { LibsqlDialect } from "./dialect.ts";
import { EventLog } from "./event_log.ts";
import { type FileLock, lockFile } from "./file_lock.ts";
import type { Tables } from "./tables.ts";
import type { TenantDb } from "./tenant_db.ts";
import type { Writer } from "./write.ts";
import { GroupWriter } from "./writer.ts";

export interface DatabaseOptions {
  /** `file:` with a path, or the `http(s):` or `libsql:` address of a server. */
  readonly url: string;
  readonly authToken?: string;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** How long a write waits for another process's lock before it fails with `BUSY`. */
  readonly busyTimeoutMs?: number;
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
  /** Lets waiting writes finish, ends the event log's readers, closes all connections. */
  close(): Promise<void>;
}

/** The writer tries once in about this time. */
const BUSY_TRY_MS = 225;

/**
 * Opens the one writer and the reader of a database. A file is locked for this process, and made
 * when missing; its folder must be there.
 *
 * @throws {FileLockedError} When another process has the file open.
 * @throws {StorageError} When it cannot be opened.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, authToken, now, busyTimeoutMs = 5_000, holder = "another task" } = options;
  const path = filePathOf(url);
  const lock = path === undefined ? undefined : await lockFile(path, holder);
  try {
    const connection = new Connection({ url, authToken, mode: "write" });
    // The file becomes a WAL database before the first reader looks at it.
    await connection.ping();
    const readConnection = new Connection({ url, authToken, mode: "read" });
    const reader = new Kysely<Tables>({ dialect: new LibsqlDialect(readConnection) });
    const events = new EventLog(reader);
    const writer = new GroupWriter({
      connection,
      now,
      busyTriesMax: Math.ceil(busyTimeoutMs / BUSY_TRY_MS),
      onCommit: (tenantIds) => events.wake(tenantIds),
    });
    return opened({ url, connection, readConnection, reader, writer, events, lock });
  } catch (error) {
    lock?.close();
    throw error;
  }
}

interface Parts {
  readonly url: string;
  readonly connection: Connection;
  readonly readConnection: Connection;
  readonly reader: Kysely<Tables>;
  readonly writer: GroupWriter;
  readonly events: EventLog;
  readonly lock: FileLock | undefined;
}

function opened(parts: Parts): Database {
  const { url, connection, readConnection, reader, writer, events, lock } = parts;
  return {
    url,
    reader,
    writer,
    events,
    tenant: (tenantId) => ({ db: reader, tenantId }),
    migrate: (work) =>
      writer.runAlone(() => work(new Kysely<unknown>({ dialect: new LibsqlDialect(connection) }))),
    async close() {
      events.close();
      await writer.close();
      readConnection.close();
      lock?.close();
    },
  };
}

/** Path of an embedded database, `undefined` for a server. */
function filePathOf(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  const [path] = url.slice("file:".length).replace(/^\/\/(?=\/)/, "").split("?");
  if (path === "" || path.startsWith(":memory:")) {
    throw new RangeError(`Cannot open database "${url}" as it needs a file to be durable`);
  }
  return path;
}
