import { assert, assertEquals, assertRejects } from "@std/assert";
import { Connection } from "../../../domain/storage/connection.ts";
import { commitRebuilt, ConflictError, GuardError, StorageError } from "../../../domain/mod.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import type { Statement, Write } from "../../../domain/storage/write.ts";
import {
  GroupWriter,
  ROWS_PER_BATCH_MAX,
  WAITING_WRITES_MAX,
} from "../../../domain/storage/writer.ts";
import { openTestDatabase } from "../test_database.ts";

const insert = (id: string): Statement => ({
  query: rawQuery("insert into write_receipts (id) values (?)", [id]),
});
const write = (...statements: Statement[]): Write => ({ statements });
const guarded = (text: string): Statement => ({ query: rawQuery(text), mustChange: true });

async function idsIn(url: string): Promise<string[]> {
  const connection = new Connection({ url, mode: "read" });
  const { rows } = await connection.execute(rawQuery("select id from write_receipts order by id"));
  connection.close();
  return rows.map(({ id }) => String(id));
}

Deno.test("commit() resolves when another connection sees the rows", async () => {
  await using test = await openTestDatabase();
  await test.db.writer.commit(write(insert("a"), insert("b")));
  assertEquals(await idsIn(test.url), ["a", "b"]);
});

Deno.test("a write whose guard changes nothing is refused whole", async () => {
  await using test = await openTestDatabase();
  const stale = write(insert("a"), guarded("update tenants set version = 2 where version = 1"));
  await assertRejects(() => test.db.writer.commit(stale), GuardError);
  assertEquals(await idsIn(test.url), []);
});

Deno.test("a write whose guard changes fewer rows than it must is refused whole", async () => {
  await using test = await openTestDatabase();
  const { writer } = test.db;
  const ids = ["a", "b"].map((id) => insert(id));
  await writer.commit(write(...ids));
  const both = (mustChange: number): Statement => ({
    query: rawQuery("update write_receipts set id = id || id where id in ('a', 'b')"),
    mustChange,
  });
  await assertRejects(() => writer.commit(write(both(3))), GuardError);
  await writer.commit(write(both(2)));
});

Deno.test("a write whose guard changes a row is committed", async () => {
  await using test = await openTestDatabase();
  await test.db.writer.commit(write(insert("a")));
  const held = guarded("update write_receipts set id = 'b' where id = 'a'");
  await test.db.writer.commit(write(held, insert("c")));
  assertEquals(await idsIn(test.url), ["b", "c"]);
});

for (
  const [what, bad, error] of [
    ["fails its guard", guarded("delete from tenants where id = 'none'"), GuardError],
    ["breaks a constraint", insert("a"), StorageError],
    ["is no SQL", { query: rawQuery("insert nonsense") }, StorageError],
    ["has a text with a NUL", insert("a\0b"), StorageError],
  ] as const
) {
  Deno.test(`of writes that wait together the one that ${what} fails alone`, async () => {
    await using test = await openTestDatabase();
    const { writer } = test.db;
    const outcomes = await Promise.allSettled([
      writer.commit(write(insert("a"))),
      writer.commit(write(insert("lost"), bad)),
      writer.commit(write(insert("b"))),
    ]);
    assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    assert(outcomes[1].status === "rejected" && outcomes[1].reason instanceof error);
    assertEquals(await idsIn(test.url), ["a", "b"]);
  });
}

Deno.test("writes that wait together share a batch up to its limit, and keep their order", async () => {
  await using test = await openTestDatabase();
  const batches: number[] = [];
  const connection = new CountingConnection({ url: test.url, mode: "write" }, batches);
  const writer = new GroupWriter({ connection, now: Date.now });
  const half = { ...insert("x"), rows: ROWS_PER_BATCH_MAX / 2 };
  const heavy = { ...insert("y"), rows: ROWS_PER_BATCH_MAX + 1 };
  const withId = (statement: Statement, id: string) =>
    write({ ...statement, query: insert(id).query });
  await Promise.all([
    writer.commit(withId(half, "1")),
    writer.commit(withId(half, "2")),
    writer.commit(withId(half, "3")),
    writer.commit(withId(heavy, "4")),
    writer.commit(withId(half, "5")),
  ]);
  await writer.close();
  assertEquals(batches, [2, 1, 1, 1]);
  assertEquals(await idsIn(test.url), ["1", "2", "3", "4", "5"]);
});

class CountingConnection extends Connection {
  constructor(options: ConstructorParameters<typeof Connection>[0], readonly batches: number[]) {
    super(options);
  }

  override batch(queries: Parameters<Connection["batch"]>[0]): Promise<void> {
    this.batches.push(queries.length);
    return super.batch(queries);
  }
}

Deno.test("a write of nothing is committed", async () => {
  await using test = await openTestDatabase();
  await test.db.writer.commit(write());
});

Deno.test("a write is refused when too many wait, and those that wait are stored", async () => {
  await using test = await openTestDatabase();
  const { writer } = test.db;
  const waiting = Array.from(
    { length: WAITING_WRITES_MAX },
    (_, i) => writer.commit(write(insert(`${i}`))),
  );
  const error = await assertRejects(() => writer.commit(write(insert("more"))), StorageError);
  assertEquals(error.code, "UNAVAILABLE");
  await Promise.all(waiting);
  assertEquals((await idsIn(test.url)).length, WAITING_WRITES_MAX);
});

Deno.test("close() lets waiting writes finish and refuses later ones", async () => {
  await using test = await openTestDatabase();
  const { writer } = test.db;
  const waiting = writer.commit(write(insert("a")));
  await writer.close();
  await waiting;
  const error = await assertRejects(() => writer.commit(write(insert("b"))), StorageError);
  assertEquals(error.code, "UNAVAILABLE");
  assertEquals(await idsIn(test.url), ["a"]);
});

Deno.test("the writer's pragmas hold from the start and after the connection was renewed", async () => {
  await using test = await openTestDatabase();
  const connection = new Connection({ url: test.url, mode: "write" });
  const pragmas = async () => {
    const values: unknown[] = [];
    for (const name of ["journal_mode", "synchronous", "foreign_keys"]) {
      const { rows } = await connection.execute(rawQuery(`pragma ${name}`));
      values.push(Object.values(rows[0])[0]);
    }
    return values;
  };
  assertEquals(await pragmas(), ["wal", 2, 1]);

  await connection.execute(rawQuery("pragma synchronous = off"));
  const other = new Connection({ url: test.url, mode: "write" });
  const transaction = await other.begin();
  const busy = await assertRejects(() => connection.batch([insert("a").query]), StorageError);
  assertEquals(busy.code, "BUSY");
  await transaction.rollback();
  other.close();
  assertEquals(await pragmas(), ["wal", 2, 1]);
  connection.close();
});

Deno.test("a write waits for another process's lock, without stopping the event loop", async () => {
  await using test = await openTestDatabase();
  const other = new Connection({ url: test.url, mode: "write" });
  const transaction = await other.begin();
  const commit = test.db.writer.commit(write(insert("a")));
  setTimeout(() => transaction.rollback(), 300);
  await commit;
  other.close();
  assertEquals(await idsIn(test.url), ["a"]);
});

Deno.test("a write that never gets the lock fails as BUSY, and the next one is stored", async () => {
  await using test = await openTestDatabase({ busyTimeoutMs: 300 });
  const other = new Connection({ url: test.url, mode: "write" });
  const transaction = await other.begin();
  const error = await assertRejects(
    () => test.db.writer.commit(write(insert("a"))),
    StorageError,
  );
  assertEquals(error.code, "BUSY");
  await transaction.rollback();
  other.close();
  await test.db.writer.commit(write(insert("b")));
  assertEquals(await idsIn(test.url), ["b"]);
});

Deno.test("the reader refuses to write", async () => {
  await using test = await openTestDatabase();
  const error = await assertRejects(
    () => test.db.reader.deleteFrom("events").execute(),
    StorageError,
  );
  assertEquals(error.code, "READ_ONLY");
});

Deno.test("commitRebuilt() builds again when it was overtaken", async () => {
  await using test = await openTestDatabase();
  const { writer } = test.db;
  await writer.commit(write(insert("a")));
  const seen = ["stale", "a"];
  const subject = await commitRebuilt(writer, () => {
    const id = seen.shift();
    return Promise.resolve({
      subject: id,
      write: write(guarded(`update write_receipts set id = 'b' where id = '${id}'`)),
    });
  });
  assertEquals(subject, "a");
  assertEquals(await idsIn(test.url), ["b"]);
});

Deno.test("commitRebuilt() gives up as a conflict after three tries", async () => {
  await using test = await openTestDatabase();
  let built = 0;
  const build = () => {
    built++;
    return Promise.resolve({ subject: 1, write: write(guarded("delete from tenants")) });
  };
  await assertRejects(() => commitRebuilt(test.db.writer, build), ConflictError);
  assertEquals(built, 3);
});

Deno.test("commitRebuilt() commits nothing when there is nothing to change", async () => {
  await using test = await openTestDatabase();
  const none = await commitRebuilt(test.db.writer, () => Promise.resolve(undefined));
  assertEquals(none, undefined);
});
