import type { CompiledQuery } from "kysely";

/** One statement of a write. */
export interface Statement {
  readonly query: CompiledQuery;
  /** Abort the whole write when the statement changes no row: an optimistic lock, as `where version = ?`. */
  readonly mustChange?: boolean;
  /** Rows that it may touch, for the writer's limit; 1 where not given. */
  readonly rows?: number;
}

/** A change as a value: all its statements are committed in order and atomically, or none is. */
export interface Write {
  readonly statements: readonly Statement[];
}

/** Commits writes one after the other; the only way that the process changes the database. */
export interface Writer {
  /**
   * Resolves once the write is durable and readers of the event log were woken. Rejects with
   * `GuardError` when a `mustChange` statement changed nothing, with `StorageError` when the
   * database refused it (disk full, read-only, …): then nothing of it is stored.
   */
  commit(write: Write): Promise<void>;
  /** Waits for the queue to drain, then closes the connection. */
  close(): Promise<void>;
}

/** A guard of the write no longer holds: read again and build it anew. */
export class GuardError extends Error {
  override readonly name = "GuardError";
}

/** The database could not take the write. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  constructor(readonly code: string, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
