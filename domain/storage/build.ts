import {
  type CompiledQuery,
  DummyDriver,
  type Expression,
  Kysely,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Tables } from "./tables.ts";
import type { Statement } from "./write.ts";

/** Builds statements and runs none: a change is made where no connection is at hand. */
export const build = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** A statement that may change nothing. */
export function statement(query: { compile(): CompiledQuery }, rows?: number): Statement {
  return { query: query.compile(), rows };
}

/** A statement that aborts its write when it changes nothing, as `where version = ?`. */
export function guarded(query: { compile(): CompiledQuery }, rows?: number): Statement {
  return { query: query.compile(), rows, mustChange: true };
}

/** The values as one parameter, for `in`: SQLite takes 32,766 parameters and no more. */
export function listed<T extends string | number>(values: readonly T[]): Expression<T> {
  return sql<T>`(select value from json_each(${JSON.stringify(values)}))`;
}
