import type { CompiledQuery } from "kysely";
import { ConflictError } from "../errors.ts";
import type { EventType } from "./event.ts";

/** What a statement adds to a tenant's event log. */
export interface Told {
  readonly tenantId: string;
  readonly types: ReadonlySet<EventType>;
}

/** One statement of a write. */
export interface Statement {
  readonly query: CompiledQuery;
  /**
   * Abort the whole write when the statement changes no row, or another number of rows than this one:
   * an optimistic lock, as `where version = ?`.
   */
  readonly mustChange?: boolean | number;
  /** Rows that it may touch, for the writer's limit; 1 where not given. */
  readonly rows?: number;
  /** What it adds to an event log, for those who follow it. */
  readonly tells?: Told;
}

/** A change as a value: all its statements are committed in order and atomically, or none is. */
export interface Write {
  readonly statements: readonly Statement[];
}

/** What a domain function that changes something returns: the subject as it will be, and the write. */
export interface Change<T> {
  readonly subject: T;
  readonly write: Write;
}

/** Commits writes one after the other; the only way that the process changes the database. */
export interface Writer {
  /**
   * Resolves once the write is durable, who listens for commits has heard of it and readers of the
   * event log were woken. Rejects with
   * `GuardError` when a `mustChange` statement did not change what it must, with `StorageError` when the
   * database refused it (disk full, read-only, …): then nothing of it is stored, except that
   * nobody knows after `OUTCOME_UNKNOWN`.
   */
  commit(write: Write): Promise<void>;
  /** Waits for the queue to drain, then closes the connection. */
  close(): Promise<void>;
}

/** A guard of the write no longer holds: read again and build it anew. */
export class GuardError extends Error {
  override readonly name = "GuardError";
}

/**
 * - `DISK_FULL`, `READ_ONLY`, `IO`, `CORRUPT`, `CANNOT_OPEN`: the file and its disk.
 * - `BUSY`: another process holds the file's write lock.
 * - `CONSTRAINT`: a unique, foreign key, check or type rule of the tables refused a row.
 * - `STATEMENT`: the statement is wrong or too big; a bug.
 * - `UNAVAILABLE`: the server did not answer, the writer is closed or its queue is full.
 * - `OUTCOME_UNKNOWN`: the server took the write and was not heard of again; it may be stored or not.
 */
export type StorageErrorCode =
  | "DISK_FULL"
  | "READ_ONLY"
  | "IO"
  | "CORRUPT"
  | "CANNOT_OPEN"
  | "BUSY"
  | "CONSTRAINT"
  | "STATEMENT"
  | "UNAVAILABLE"
  | "OUTCOME_UNKNOWN";

/** The database could not take the write, or could not be read. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  constructor(readonly code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * Builds a change from what is stored and commits it; when a guard fails it is built again from what
 * is stored then. `build` gives `undefined` when there is nothing to change.
 *
 * @returns The subject of the change that was committed, `undefined` when there was none.
 * @throws {ConflictError} When it was overtaken `tries` times.
 */
export async function commitRebuilt<T>(
  writer: Writer,
  build: () => Promise<Change<T> | undefined>,
  tries = 3,
): Promise<T | undefined> {
  for (let attempt = 1;; attempt++) {
    const change = await build();
    if (change === undefined) return undefined;
    try {
      await writer.commit(change.write);
      return change.subject;
    } catch (error) {
      if (!(error instanceof GuardError)) throw error;
      if (attempt === tries) {
        throw new ConflictError(`Cannot commit change as it was overtaken ${tries} times`);
      }
    }
  }
}
