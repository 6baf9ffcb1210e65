import {
  type Client,
  createClient,
  type InStatement,
  type ResultSet,
  type Transaction,
} from "@libsql/client";
import type { CompiledQuery } from "kysely";
import { rawQuery } from "./raw_query.ts";
import { storageError } from "./storage_error.ts";
import { StorageError } from "./write.ts";

/** The driver itself would wait for a silent server for ever. */
const REMOTE_TIMEOUT_MS = 10_000;

/**
 * How long the embedded driver may wait for a foreign lock in one call: it is synchronous and stops
 * the event loop meanwhile. The writer tries again until its own, longer deadline.
 */
const LOCK_WAIT_MS = 200;

export interface ConnectionOptions {
  /** `file:` with a path, `http(s):` or `libsql:` for a server. */
  readonly url: string;
  readonly authToken?: string;
  /** A reader's connection refuses to write. */
  readonly mode: "read" | "write";
  /** Longest silence of a server. */
  readonly remoteTimeoutMs?: number;
}

/** Rows as the driver gives them, by name of the column, and how many rows were changed. */
export interface Result {
  readonly rows: Record<string, unknown>[];
  readonly changes: number;
}

/** A series of statements that nothing else comes between; only migrations need one. */
export interface OpenTransaction {
  execute(query: CompiledQuery): Promise<Result>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/**
 * One connection to the database with its pragmas set. Every failure is a `StorageError`; after one
 * that may have left the driver's statement half done the connection is replaced by a fresh one.
 */
export class Connection {
  readonly #client: Client;
  readonly #mode: "read" | "write";
  /** Whether the embedded connection is unfit, as it is before its first use, until it was renewed. */
  #broken: boolean;
  /** Ends when the embedded connection is free: a renewal must not close it under a running statement. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ConnectionOptions) {
    this.#mode = options.mode;
    this.#client = openClient(options);
    this.#broken = !this.remote;
  }

  get remote(): boolean {
    return this.#client.protocol !== "file";
  }

  /** Makes sure that the database can be reached. */
  async ping(): Promise<void> {
    await this.execute(rawQuery("select 1"));
  }

  /** Runs one statement. A reader's must read. */
  async execute(query: CompiledQuery): Promise<Result> {
    return await this.#run("run statement", async () => {
      // The server has neither query_only nor a transaction that it keeps from writing.
      if (this.remote && this.#mode === "read" && !isRead(query)) {
        throw new StorageError("READ_ONLY", "Cannot run statement: a reader must not write");
      }
      return decoded(await this.#client.execute(encoded(query)));
    });
  }

  /** Runs all statements in one write transaction, or none. */
  async batch(queries: readonly CompiledQuery[]): Promise<void> {
    await this.#run("commit write", () => this.#client.batch(queries.map(encoded), "write"));
  }

  async begin(): Promise<OpenTransaction> {
    const transaction = await this.#run(
      "begin transaction",
      () => this.#client.transaction("write"),
    );
    return this.#opened(transaction);
  }

  close(): void {
    this.#client.close();
  }

  #opened(transaction: Transaction): OpenTransaction {
    return {
      execute: (query) =>
        this.#run("run statement", async () => decoded(await transaction.execute(encoded(query)))),
      commit: () => this.#run("commit transaction", () => transaction.commit()),
      rollback: () => this.#run("roll back transaction", () => transaction.rollback()),
    };
  }

  #run<T>(action: string, work: () => Promise<T>): Promise<T> {
    if (this.remote) return translated(action, work);
    const turn = this.#turn.then(() => this.#runEmbedded(action, work));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #runEmbedded<T>(action: string, work: () => Promise<T>): Promise<T> {
    return await translated(action, async () => {
      if (this.#broken) await this.#renew();
      return await work();
    }, (error) => {
      // The driver does not reset a statement that failed with BUSY: on the same connection it goes on to
      // acknowledge writes that it never commits. The other failures may cost the connection its pragmas.
      if (error.code !== "CONSTRAINT" && error.code !== "STATEMENT") this.#broken = true;
    });
  }

  /** Opens the underlying connection anew and sets its pragmas, which a new one does not have. */
  async #renew(): Promise<void> {
    await this.#client.reconnect();
    for (const pragma of PRAGMAS[this.#mode]) await this.#client.execute(pragma);
    this.#broken = false;
  }
}

async function translated<T>(
  action: string,
  work: () => Promise<T>,
  onError: (error: StorageError) => void = () => {},
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const error = storageError(cause, action);
    onError(error);
    throw error;
  }
}

const PRAGMAS: Readonly<Record<"read" | "write", readonly string[]>> = {
  read: ["pragma query_only = 1"],
  // FULL: an acknowledged write survives the loss of power, not only of the process.
  write: [
    "pragma journal_mode = wal",
    "pragma synchronous = full",
    "pragma foreign_keys = on",
  ],
};

function openClient(
  { url, authToken, remoteTimeoutMs = REMOTE_TIMEOUT_MS }: ConnectionOptions,
): Client {
  try {
    return createClient({
      url,
      authToken,
      timeout: LOCK_WAIT_MS,
      concurrency: url.startsWith("file:") ? 1 : undefined,
      fetch: fetchWithDeadline(remoteTimeoutMs),
    });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    // A token may stand in the query.
    throw new StorageError("CANNOT_OPEN", `Cannot open database "${url.split("?")[0]}": ${said}`, {
      cause,
    });
  }
}

function fetchWithDeadline(timeoutMs: number): typeof fetch {
  return (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
}

/** Tells a read from a write that came here by mistake; no defence against one that hides. */
function isRead({ query, sql }: CompiledQuery): boolean {
  return query.kind === "SelectQueryNode" ||
    query.kind === "RawNode" && /^\s*(select|with|pragma|explain)\b/i.test(sql);
}

function encoded({ sql, parameters }: CompiledQuery): InStatement {
  return { sql, args: parameters.map(encodedValue) };
}

/**
 * The driver binds every number as a real: an integer goes in as a bigint, so that comparisons and
 * text columns see what was meant.
 */
function encodedValue(value: unknown): null | string | bigint | number | Uint8Array {
  switch (typeof value) {
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
    case "boolean":
      return value ? 1n : 0n;
    case "string":
      // The embedded driver cuts a text at its first NUL when it reads it back.
      if (value.includes("\0")) throw new StorageError("STATEMENT", "Cannot bind text with a NUL");
      return value;
    case "bigint":
      return value;
    default:
      if (value === null || value instanceof Uint8Array) return value;
      throw new StorageError("STATEMENT", `Cannot bind a value of type ${typeof value}`);
  }
}

function decoded({ columns, rows, rowsAffected }: ResultSet): Result {
  return {
    changes: rowsAffected,
    rows: rows.map((row) => {
      const record: Record<string, unknown> = {};
      for (let i = 0; i < columns.length; i++) {
        const value = row[i];
        record[columns[i]] = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
      }
      return record;
    }),
  };
}
