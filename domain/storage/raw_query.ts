import { CompiledQuery } from "kysely";

/** A query of fixed text with its `?` parameters. */
export function rawQuery(text: string, parameters: readonly unknown[] = []): CompiledQuery {
  return CompiledQuery.raw(text, [...parameters]);
}
