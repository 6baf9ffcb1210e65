import { createClient } from "@libsql/client";
import { assertEquals, assertRejects } from "@std/assert";
import { Connection } from "../../../domain/storage/connection.ts";
import { StorageError } from "../../../domain/mod.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import { openTestDatabase } from "../test_database.ts";

const insert = (id: string) => rawQuery("insert into write_receipts (id) values (?)", [id]);

async function countIn(url: string): Promise<unknown> {
  const connection = new Connection({ url, mode: "read" });
  const { rows } = await connection.execute(rawQuery("select count(*) as n from write_receipts"));
  connection.close();
  return rows[0].n;
}

// Why the writer is built as it is. Should this fail with a newer driver, it has been mended there.
Deno.test("the bare driver acknowledges writes after a BUSY that it never commits", async () => {
  await using test = await openTestDatabase();
  const client = createClient({ url: test.url });
  const writing = await client.transaction("write");
  await writing.execute("insert into write_receipts (id) values ('transaction')");
  await assertRejects(() => client.execute("insert into write_receipts (id) values ('refused')"));
  await writing.commit();

  const reading = await client.transaction("read");
  for (let i = 0; i < 100; i++) {
    await client.execute(`insert into write_receipts (id) values ('acknowledged ${i}')`);
  }
  const seen = await client.execute("select count(*) as n from write_receipts");
  assertEquals(seen.rows[0].n, 101);
  assertEquals(await countIn(test.url), 1);
  reading.close();
  client.close();
});

Deno.test("our writer stores what it acknowledges after the same BUSY", async () => {
  await using test = await openTestDatabase({ busyTimeoutMs: 1 });
  const other = createClient({ url: test.url });
  const writing = await other.transaction("write");
  await writing.execute("insert into write_receipts (id) values ('transaction')");
  const refused = () => test.db.writer.commit({ statements: [{ query: insert("refused") }] });
  assertEquals((await assertRejects(refused, StorageError)).code, "BUSY");
  await writing.commit();

  const reading = await other.transaction("read");
  await reading.execute("select count(*) from write_receipts");
  for (let i = 0; i < 100; i++) {
    await test.db.writer.commit({ statements: [{ query: insert(`acknowledged ${i}`) }] });
  }
  assertEquals(await countIn(test.url), 101);
  reading.close();
  other.close();
});

Deno.test("a read after a BUSY sees what was committed since", async () => {
  await using test = await openTestDatabase();
  const connection = new Connection({ url: test.url, mode: "write" });
  const other = new Connection({ url: test.url, mode: "write" });
  const transaction = await other.begin();
  await assertRejects(() => connection.batch([insert("refused")]), StorageError);
  await transaction.execute(insert("a"));
  await transaction.commit();
  const { rows } = await connection.execute(rawQuery("select id from write_receipts"));
  assertEquals(rows, [{ id: "a" }]);
  connection.close();
  other.close();
});
