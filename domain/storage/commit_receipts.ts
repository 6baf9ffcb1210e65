import type { CompiledQuery } from "kysely";
import type { Connection } from "./connection.ts";
import { rawQuery } from "./raw_query.ts";
import { StorageError } from "./write.ts";

/** Far longer than any request can be under way. */
const RECEIPT_KEPT_MS = 3_600_000;

const ASKING_TRIES_MAX = 3;
const ASKING_PAUSE_MS = 250;

/**
 * Batches to a remote server whose outcome can be found out when the answer is lost: each stores a
 * receipt of its own. Who can then store the same receipt knows that the batch was not committed, and
 * has made sure that it never will be, should it still be under way.
 */
export class CommitReceipts {
  constructor(private readonly connection: Connection, private readonly now: () => number) {}

  /** As `Connection.batch()`; after `UNAVAILABLE` nothing is stored, else it says `OUTCOME_UNKNOWN`. */
  async batch(queries: readonly CompiledQuery[]): Promise<void> {
    const id = this.#newId();
    try {
      await this.connection.batch([...queries, stored(id), this.#outdatedDropped()]);
    } catch (error) {
      if (!isCode(error, "UNAVAILABLE") || !await this.#wasCommitted(id, error)) throw error;
    }
  }

  async #wasCommitted(id: string, cause: unknown): Promise<boolean> {
    for (let tries = 1; tries <= ASKING_TRIES_MAX; tries++) {
      try {
        await this.connection.batch([stored(id)]);
        return false;
      } catch (error) {
        if (isCode(error, "CONSTRAINT")) return true;
        await new Promise((resolve) => setTimeout(resolve, ASKING_PAUSE_MS));
      }
    }
    throw new StorageError("OUTCOME_UNKNOWN", "Cannot tell whether the write is stored", { cause });
  }

  #outdatedDropped(): CompiledQuery {
    return rawQuery("delete from write_receipts where id < ?", [
      sortable(this.now() - RECEIPT_KEPT_MS),
    ]);
  }

  #newId(): string {
    return `${sortable(this.now())}-${crypto.randomUUID()}`;
  }
}

function stored(id: string): CompiledQuery {
  return rawQuery("insert into write_receipts (id) values (?)", [id]);
}

function sortable(ms: number): string {
  return String(Math.max(0, ms)).padStart(16, "0");
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof StorageError && error.code === code;
}
