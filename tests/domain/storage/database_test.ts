import { assert, assertEquals, assertRejects } from "@std/assert";
import { FileLockedError, openDatabase, StorageError } from "../../../domain/mod.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import { openTestDatabase } from "../test_database.ts";

Deno.test("a file that is open is refused, naming who has it, until it is closed", async () => {
  const folder = await Deno.makeTempDir({ prefix: "treeline-" });
  const options = { url: `file:${folder}/test.db`, now: Date.now };
  const db = await openDatabase({ ...options, holder: "the gateway" });
  const error = await assertRejects(() => openDatabase(options), FileLockedError);
  assertEquals(error.holder, `the gateway (process ${Deno.pid})`);
  await db.close();
  await (await openDatabase(options)).close();
  await Deno.remove(folder, { recursive: true });
});

for (
  const [what, make] of [
    ["in no folder", (folder: string) => Promise.resolve(`${folder}/none/test.db`)],
    ["that is no database", async (folder: string) => {
      await Deno.writeTextFile(`${folder}/text.db`, "no database, but text ".repeat(100));
      return `${folder}/text.db`;
    }],
  ] as const
) {
  Deno.test(`a file ${what} cannot be opened`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "treeline-" });
    const url = `file:${await make(folder)}`;
    await assertRejects(() => openDatabase({ url, now: Date.now }), StorageError);
    await Deno.remove(folder, { recursive: true });
  });
}

for (const url of ["file:", "file::memory:"]) {
  Deno.test(`"${url}" is refused, as it would keep nothing`, async () => {
    await assertRejects(() => openDatabase({ url, now: Date.now }), RangeError);
  });
}

Deno.test("values come back as they went in", async () => {
  await using test = await openTestDatabase();
  const values = {
    integer: Number.MAX_SAFE_INTEGER,
    negative: -1,
    real: 0.1,
    tiny: 5e-324,
    huge: -1.7976931348623157e308,
    text: "Zürich 🌲 'quoted'",
    digits: "5",
    nothing: null,
    bytes: Uint8Array.of(0, 1, 255),
    view: Uint8Array.of(9, 8, 7, 6).subarray(1, 3),
  };
  const columns = Object.keys(values).map((name) => `? as "${name}"`).join(", ");
  const row = await test.db.reader.executeQuery(
    rawQuery(`select ${columns}`, Object.values(values)),
  );
  assertEquals(row.rows, [{ ...values, view: Uint8Array.of(8, 7) }]);
});

for (const value of [NaN, Infinity, undefined, {}, [1], "a\0b", 2n ** 64n]) {
  Deno.test(`${typeof value} ${String(value).replace("\0", "NUL")} cannot be bound`, async () => {
    await using test = await openTestDatabase();
    const error = await assertRejects(
      () => test.db.reader.executeQuery(rawQuery("select ?", [value])),
      StorageError,
    );
    assertEquals(error.code, "STATEMENT");
  });
}

Deno.test("a whole number lands in a text column as its digits, and is found by them", async () => {
  await using test = await openTestDatabase();
  const query = rawQuery("insert into write_receipts (id) values (?)", [5]);
  await test.db.writer.commit({ statements: [{ query }] });
  const { rows } = await test.db.reader.executeQuery(rawQuery("select id from write_receipts"));
  assertEquals(rows, [{ id: "5" }]);
});

Deno.test("the tables refuse a reference into another tenant", async () => {
  await using test = await openTestDatabase();
  const run = (text: string) => test.db.writer.commit({ statements: [{ query: rawQuery(text) }] });
  for (const tenant of ["a", "b"]) {
    await run(
      `insert into tenants values ('${tenant}', '${tenant}', '', 'UTC', '', 'live', 0, '{}', 0, 1)`,
    );
    await run(`insert into devices values
      ('device of ${tenant}', '${tenant}', 'd', 'd', 'api', null, null, '{}', 0, 1)`);
  }
  await run("insert into progress values ('device of a', 'a', 0, 0, 1)");
  const error = await assertRejects(
    () => run("insert into progress values ('device of b', 'a', 0, 0, 1)"),
    StorageError,
  );
  assertEquals(error.code, "CONSTRAINT");
});

Deno.test("a migration that fails leaves nothing behind, and the writer goes on", async () => {
  await using test = await openTestDatabase();
  await assertRejects(() =>
    test.db.migrate((db) =>
      db.transaction().execute(async (trx) => {
        await trx.executeQuery(rawQuery("create table half (id text)"));
        await trx.executeQuery(rawQuery("create nonsense"));
      })
    ), StorageError);
  const { rows } = await test.db.reader.executeQuery(
    rawQuery("select name from sqlite_master where name = 'half'"),
  );
  assertEquals(rows, []);
  const query = rawQuery("insert into write_receipts (id) values ('a')");
  await test.db.writer.commit({ statements: [{ query }] });
});

Deno.test("queries cannot be streamed", async () => {
  await using test = await openTestDatabase();
  const stream = test.db.reader.selectFrom("events").selectAll().stream();
  await assertRejects(() => stream.next(), Error, "Cannot stream");
});

Deno.test("a hundred reads at once all answer", async () => {
  await using test = await openTestDatabase();
  const reads = Array.from({ length: 100 }, () => test.db.events.head("t"));
  assert((await Promise.all(reads)).every((head) => head === 0));
});
