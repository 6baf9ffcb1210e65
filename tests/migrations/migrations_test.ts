import { assert, assertEquals } from "@std/assert";
import { openDatabase } from "../../domain/mod.ts";
import { rawQuery } from "../../domain/storage/raw_query.ts";
import { migrateDown, migrateUp, migrationStatus } from "../../migrations/mod.ts";

Deno.test("migrations go up, down and up again on a file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "treeline-" });
  const db = await openDatabase({ url: `file:${folder}/test.db`, now: Date.now });
  const tables = async () => {
    const { rows } = await db.reader.executeQuery<{ name: string; sql: string }>(
      rawQuery(`select name, sql from sqlite_master
        where type in ('table', 'index') and sql is not null and name not like 'kysely%'
          and name not like 'sqlite%' order by name`),
    );
    return rows;
  };
  const before = await db.migrate(migrationStatus);
  assert(before.length > 0 && before.every(({ executedAt }) => executedAt === undefined));
  const names = await db.migrate(migrateUp);
  const made = await tables();
  assert(made.some(({ name }) => name === "telemetry_points"));
  assertEquals((await db.migrate(migrationStatus)).map(({ name }) => name), names);
  assertEquals(await db.migrate(migrateUp), []);
  for (const name of names.toReversed()) assertEquals(await db.migrate(migrateDown), [name]);
  assertEquals(await tables(), []);
  assertEquals(await db.migrate(migrateDown), []);
  assertEquals(await db.migrate(migrateUp), names);
  assertEquals(await tables(), made);
  await db.close();
  await Deno.remove(folder, { recursive: true });
});
