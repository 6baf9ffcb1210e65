import { setImmediate } from "node:timers";
import type { CompiledQuery } from "kysely";
import type { Connection } from "./connection.ts";
import { CommitReceipts } from "./commit_receipts.ts";
import { rawQuery } from "./raw_query.ts";
import { GuardError, StorageError, type Told, type Write, type Writer } from "./write.ts";

/** Rows in one batch. More would hold the lock, and the event loop, for longer than a reader notices. */
export const ROWS_PER_BATCH_MAX = 5_000;

/** Writes that may wait: some seconds of work; past that a caller must slow down. */
export const WAITING_WRITES_MAX = 10_000;

const BUSY_PAUSE_MS = 25;

/** Aborts the batch when the statement before it changed no row. */
const GUARD = rawQuery("insert into write_guard select 1 where changes() = 0");

export interface WriterOptions {
  readonly connection: Connection;
  /** Runs after each commit, before it resolves, with what was added to event logs. */
  readonly onCommit?: (told: readonly Told[]) => void;
  /** Times that a batch is tried while another process holds the lock. */
  readonly busyTriesMax?: number;
  /** Wall clock, ms. */
  readonly now: () => number;
}

interface WaitingWrite {
  readonly write: Write;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The process's one writer. Writes that wait at the same time share a batch, thus one sync of the disk;
 * when the batch fails by one of them, each runs alone, so that a bad one fails alone.
 */
export class GroupWriter implements Writer {
  readonly #connection: Connection;
  readonly #onCommit: (told: readonly Told[]) => void;
  readonly #busyTriesMax: number;
  readonly #receipts: CommitReceipts | undefined;
  readonly #queue: WaitingWrite[] = [];
  /** Ends when all that was begun on the connection has ended. */
  #turn: Promise<unknown> = Promise.resolve();
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor({ connection, onCommit = () => {}, busyTriesMax = 20, now }: WriterOptions) {
    this.#connection = connection;
    this.#onCommit = onCommit;
    this.#busyTriesMax = busyTriesMax;
    this.#receipts = connection.remote ? new CommitReceipts(connection, now) : undefined;
  }

  commit(write: Write): Promise<void> {
    if (this.#closed) return Promise.reject(unavailable("the writer is closed"));
    if (this.#queue.length >= WAITING_WRITES_MAX) {
      return Promise.reject(unavailable(`${WAITING_WRITES_MAX} writes are waiting`));
    }
    if (write.statements.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#queue.push({ write, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Runs `work` while no write does; for migrations, which have the connection to themselves. */
  runAlone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#draining;
    await this.#turn;
    this.#connection.close();
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // One turn of the event loop, so that requests that came in together are written together.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      await this.runAlone(() => this.#commitGroup(this.#takeGroup()));
    }
    this.#draining = undefined;
  }

  #takeGroup(): WaitingWrite[] {
    let rows = 0;
    const next = this.#queue.findIndex(({ write }, i) =>
      (rows += rowsOf(write)) > ROWS_PER_BATCH_MAX && i > 0
    );
    return this.#queue.splice(0, next === -1 ? this.#queue.length : next);
  }

  /** Settles every write of the group; never rejects. */
  async #commitGroup(group: readonly WaitingWrite[]): Promise<void> {
    try {
      await this.#send(group.flatMap(({ write }) => queriesOf(write)));
    } catch (error) {
      const isOfOneWrite = error instanceof GuardError ||
        error instanceof StorageError && ["CONSTRAINT", "STATEMENT"].includes(error.code);
      if (group.length > 1 && isOfOneWrite) {
        for (const waiting of group) await this.#commitGroup([waiting]);
      } else {
        for (const { reject } of group) reject(error);
      }
      return;
    }
    // Whoever awaits a commit goes on after this turn of the event loop.
    for (const { resolve } of group) resolve();
    this.#onCommit(toldBy(group));
  }

  async #send(queries: readonly CompiledQuery[]): Promise<void> {
    for (let tries = 1;; tries++) {
      try {
        return await (this.#receipts?.batch(queries) ?? this.#connection.batch(queries));
      } catch (error) {
        if (isGuardFailure(error)) {
          throw new GuardError(
            "Cannot commit write as a guarded statement did not change the rows that it must",
          );
        }
        const isBusy = error instanceof StorageError && error.code === "BUSY";
        if (!isBusy || tries >= this.#busyTriesMax) throw error;
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
      }
    }
  }
}

function queriesOf({ statements }: Write): CompiledQuery[] {
  return statements.flatMap(({ query, mustChange }) => {
    if (!mustChange) return [query];
    return [query, mustChange === true ? GUARD : countGuard(mustChange)];
  });
}

/** Aborts the batch when the statement before it changed another number of rows. */
function countGuard(rows: number): CompiledQuery {
  return rawQuery("insert into write_guard select 1 where changes() <> ?", [rows]);
}

function rowsOf({ statements }: Write): number {
  return statements.reduce((sum, { rows = 1 }) => sum + rows, 0);
}

function toldBy(group: readonly WaitingWrite[]): Told[] {
  return group.flatMap(({ write }) => write.statements.flatMap(({ tells }) => tells ?? []));
}

function isGuardFailure(error: unknown): boolean {
  return error instanceof StorageError && error.code === "CONSTRAINT" &&
    error.message.includes("write_guard_holds");
}

function unavailable(reason: string): StorageError {
  return new StorageError("UNAVAILABLE", `Cannot commit write as ${reason}`);
}
