import { type Database, type DatabaseOptions, openDatabase } from "../../domain/mod.ts";
import { migrateUp } from "../../migrations/mod.ts";

/** A database of its own in a folder of its own, both gone after the test. */
export interface TestDatabase extends AsyncDisposable {
  readonly db: Database;
  readonly folder: string;
  readonly url: string;
}

/** Opens a migrated database; use it with `await using`. */
export async function openTestDatabase(
  options: Partial<DatabaseOptions> = {},
): Promise<TestDatabase> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-" });
  const url = options.url ?? `file:${folder}/test.db`;
  const db = await openDatabase({ now: Date.now, ...options, url });
  await db.migrate(migrateUp);
  return {
    db,
    folder,
    url,
    async [Symbol.asyncDispose]() {
      await db.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
