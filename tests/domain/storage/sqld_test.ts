import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Database,
  eventStatement,
  GuardError,
  openDatabase,
  StorageError,
} from "../../../domain/mod.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import type { Statement } from "../../../domain/storage/write.ts";
import { migrateDown, migrateUp } from "../../../migrations/mod.ts";
import { sqldTest } from "./sqld.ts";

interface OpenedDatabase extends AsyncDisposable {
  readonly db: Database;
}

async function openRemote(url: string): Promise<OpenedDatabase> {
  const db = await openDatabase({ url, now: Date.now });
  await db.migrate(migrateUp);
  return { db, [Symbol.asyncDispose]: () => db.close() };
}

const insert = (id: string): Statement => ({
  query: rawQuery(
    "insert into jobs values (?, 't', 'fit', '{}', 'queued', 0, '', null, null, null, null, 0, 0, null, null, 1)",
    [id],
  ),
});
const tenant: Statement = {
  query: rawQuery("insert into tenants values ('t', 't', '', 'UTC', '', 'live', 0, '{}', 0, 1)"),
};
const guard: Statement = {
  query: rawQuery("update tenants set version = 9 where version = 8"),
  mustChange: true,
};

async function jobsOf(db: Database): Promise<string[]> {
  const rows = await db.reader.selectFrom("jobs").select("id").orderBy("id").execute();
  return rows.map(({ id }) => id);
}

/** Forwards to a server; `onAnswer` may keep an answer from its client. */
function startProxy(target: string, onAnswer: (body: string) => "pass" | "drop") {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = await request.text();
    const { pathname } = new URL(request.url);
    const answer = await fetch(target + pathname, {
      method: request.method,
      headers: { "content-type": "application/json" },
      body: request.method === "GET" ? undefined : body,
    });
    const text = await answer.text();
    if (onAnswer(body) === "drop") return new Response(null, { status: 502 });
    const headers = { "content-type": answer.headers.get("content-type") ?? "text/plain" };
    return new Response(text, { status: answer.status, headers });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

sqldTest("migrations go up, down and up again on a server", async (sqld) => {
  await using remote = await openRemote(sqld.url);
  assertEquals((await remote.db.migrate(migrateDown)).length, 1);
  assertEquals((await remote.db.migrate(migrateUp)).length, 1);
  await remote.db.writer.commit({ statements: [tenant, insert("a")] });
  assertEquals(await jobsOf(remote.db), ["a"]);
});

sqldTest("on a server a bad write fails alone and a failed guard aborts whole", async (sqld) => {
  await using remote = await openRemote(sqld.url);
  const { writer } = remote.db;
  await writer.commit({ statements: [tenant, insert("a")] });
  const outcomes = await Promise.allSettled([
    writer.commit({ statements: [insert("b")] }),
    writer.commit({ statements: [insert("lost"), guard] }),
    writer.commit({ statements: [insert("lost too"), insert("a")] }),
    writer.commit({ statements: [insert("c")] }),
  ]);
  const [, stale, double] = outcomes;
  assert(stale.status === "rejected" && stale.reason instanceof GuardError);
  assert(double.status === "rejected" && double.reason instanceof StorageError);
  assertEquals(double.reason.code, "CONSTRAINT");
  assertEquals(await jobsOf(remote.db), ["a", "b", "c"]);
});

sqldTest("on a server the reader refuses to write", async (sqld) => {
  await using remote = await openRemote(sqld.url);
  await remote.db.writer.commit({ statements: [tenant] });
  await assertRejects(() => remote.db.reader.deleteFrom("tenants").execute(), StorageError);
  assertEquals((await remote.db.reader.selectFrom("tenants").selectAll().execute()).length, 1);
});

sqldTest("on a server values come back as they went in", async (sqld) => {
  await using remote = await openRemote(sqld.url);
  const values = [1, -1.5, 2 ** 53 - 1, "Zürich 🌲", null, Uint8Array.of(0, 255)];
  const columns = values.map((_, i) => `? as c${i}`).join(", ");
  const { rows } = await remote.db.reader.executeQuery<Record<string, unknown>>(
    rawQuery(`select ${columns}`, values),
  );
  assertEquals(Object.values(rows[0]), values);
});

sqldTest("two gateways on one server hear of each other's events", async (sqld) => {
  await using one = await openRemote(sqld.url);
  await using two = await openRemote(sqld.url);
  const abort = new AbortController();
  const stream = two.db.events.follow("t", { after: 0, signal: abort.signal });
  const heard = stream.next();
  const event = { tenantId: "t", type: "job.changed", subjectId: "a", payload: {}, at: 1 } as const;
  await one.db.writer.commit({ statements: [eventStatement(event)] });
  const { value } = await heard;
  assert(value && "subjectId" in value && value.subjectId === "a");
  abort.abort();
  await stream.return();
});

sqldTest("a heavy read works on a server", async (sqld) => {
  await using remote = await openRemote(sqld.url);
  const params = { tenantId: "t", deviceId: "d", metricIds: ["cpu"] };
  const [{ at }] = await remote.db.runInReadWorker("readPoints", params);
  assertEquals(at.length, 0);
});

sqldTest("a commit whose answer got lost is acknowledged, and stored once", async (sqld) => {
  let lost = 0;
  await using proxy = startProxy(sqld.url, (body) => {
    if (!body.includes("insert into jobs") || lost > 0) return "pass";
    lost++;
    return "drop";
  });
  await using remote = await openRemote(proxy.url);
  await remote.db.writer.commit({ statements: [tenant] });
  await remote.db.writer.commit({ statements: [insert("a")] });
  assertEquals(lost, 1);
  assertEquals(await jobsOf(remote.db), ["a"]);
});

Deno.test("a server that accepts and says nothing is UNAVAILABLE after its time", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const held: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) held.push(connection);
  })();
  const url = `http://127.0.0.1:${listener.addr.port}`;
  const error = await assertRejects(
    () => openDatabase({ url, now: Date.now, remoteTimeoutMs: 50 }),
    StorageError,
  );
  assertEquals(error.code, "UNAVAILABLE");
  listener.close();
  await accepting;
  for (const connection of held) connection.close();
});

sqldTest(
  "a server that is gone is UNAVAILABLE to readers and leaves a write in doubt",
  async (sqld) => {
    await using remote = await openRemote(sqld.url);
    await remote.db.writer.commit({ statements: [tenant] });
    await sqld.kill();
    const read = await assertRejects(() => jobsOf(remote.db), StorageError);
    assertEquals(read.code, "UNAVAILABLE");
    const write = await assertRejects(
      () => remote.db.writer.commit({ statements: [insert("a")] }),
      StorageError,
    );
    assertEquals(write.code, "OUTCOME_UNKNOWN");
  },
);

sqldTest("what a killed server has acknowledged is stored", async (sqld) => {
  await using remote = await openRemote(sqld.url);
  await remote.db.writer.commit({ statements: [tenant] });
  const acknowledged: string[] = [];
  for (let kill = 0; kill < 5; kill++) {
    const writing = Promise.allSettled(Array.from({ length: 40 }, async (_, i) => {
      const id = `${kill}-${String(i).padStart(2, "0")}`;
      await new Promise((resolve) => setTimeout(resolve, i));
      await remote.db.writer.commit({ statements: [insert(id)] });
      acknowledged.push(id);
    }));
    await new Promise((resolve) => setTimeout(resolve, 10 + 5 * kill));
    await sqld.killAndRestart();
    await writing;
  }
  const stored = new Set(await jobsOf(remote.db));
  assert(acknowledged.length > 0);
  assertEquals(acknowledged.filter((id) => !stored.has(id)), []);
});
