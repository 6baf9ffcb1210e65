import { Kysely } from "kysely";
import { Connection } from "../storage/connection.ts";
import { LibsqlDialect } from "../storage/dialect.ts";
import type { HeavyReadContext } from "./heavy_read_context.ts";
import { HEAVY_READS } from "./heavy_reads.ts";
import type { ReadWorkerReply, ReadWorkerRequest } from "./read_worker.ts";
import type { Tables } from "../storage/tables.ts";

/** The side of `ReadWorker` that runs in the thread. */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<ReadWorkerRequest>) => void;
  postMessage(message: ReadWorkerReply): void;
};

let db: Kysely<Tables> | undefined;

scope.onmessage = async ({ data: { database, id, name, params } }) => {
  try {
    db ??= openReader(database);
    const progress = (fraction: number, message?: string) =>
      scope.postMessage({ id, progress: fraction, message });
    const read = HEAVY_READS[name] as (
      context: HeavyReadContext,
      params: unknown,
    ) => Promise<unknown>;
    scope.postMessage({ id, result: await read({ db, progress }, params) });
  } catch (error) {
    scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};

function openReader(database: ReadWorkerRequest["database"]): Kysely<Tables> {
  const connection = new Connection({ ...database, mode: "read" });
  return new Kysely<Tables>({ dialect: new LibsqlDialect(connection) });
}
