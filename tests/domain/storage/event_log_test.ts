import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Database,
  EVENTS_PER_READ,
  eventStatements,
  type EventType,
  type Heartbeat,
  openDatabase,
  StorageError,
  type TreelineEvent,
} from "../../../domain/mod.ts";
import { EventLog } from "../../../domain/storage/event_log.ts";
import { openTestDatabase } from "../test_database.ts";

/** Adds events whose subjects are these words; a word that begins with "job" makes a job's event. */
function tell(db: Database, tenantId: string, ...subjects: string[]): Promise<void> {
  const events = subjects.map((subjectId) => ({
    tenantId,
    type: (subjectId.startsWith("job") ? "job.changed" : "device.created") as EventType,
    subjectId,
    payload: { text: `of ${subjectId}, "quoted"\u0000` },
    at: 7,
  }));
  return db.writer.commit({ statements: [eventStatements(events)] });
}

async function take(
  stream: AsyncIterable<TreelineEvent | Heartbeat>,
  count: number,
): Promise<string[]> {
  const seen: string[] = [];
  if (count === 0) return seen;
  for await (const item of stream) {
    seen.push("heartbeat" in item ? `heartbeat ${item.seq}` : item.subjectId);
    if (seen.length === count) break;
  }
  return seen;
}

const never = new AbortController().signal;

Deno.test("an empty log has head 0 and no oldest event", async () => {
  await using test = await openTestDatabase();
  assertEquals(await test.db.events.head("t"), 0);
  assertEquals(await test.db.events.oldest("t"), undefined);
  assertEquals(await test.db.events.read("t", { after: 0, limit: 10 }), []);
});

Deno.test("events come back as they were told, in order, to their tenant alone", async () => {
  await using test = await openTestDatabase();
  await tell(test.db, "t", "a", "job b");
  await tell(test.db, "other", "x");
  await tell(test.db, "t", "c");
  const events = await test.db.events.read("t", { after: 0, limit: 10 });
  assertEquals(events.map(({ subjectId }) => subjectId), ["a", "job b", "c"]);
  assertEquals(events[0], {
    seq: 1,
    tenantId: "t",
    type: "device.created",
    subjectId: "a",
    payload: { text: 'of a, "quoted"\u0000' },
    at: 7,
  });
  assertEquals(await test.db.events.head("t"), 4);
  assertEquals(await test.db.events.oldest("other"), 3);
});

Deno.test("read() filters by type and begins after a position", async () => {
  await using test = await openTestDatabase();
  await tell(test.db, "t", "a", "job b", "c", "job d");
  const options = { after: 2, types: ["job.changed"], limit: 10 } as const;
  const events = await test.db.events.read("t", options);
  assertEquals(events.map(({ subjectId }) => subjectId), ["job d"]);
});

Deno.test("follow() gives the backlog, then what is committed, each once", async () => {
  await using test = await openTestDatabase();
  await tell(test.db, "t", "a", "b");
  const stream = test.db.events.follow("t", { after: 1, signal: never });
  assertEquals((await stream.next()).value?.seq, 2);
  const next = stream.next();
  await tell(test.db, "other", "x");
  await tell(test.db, "t", "c");
  assertEquals((await next).value?.seq, 4);
  await stream.return();
});

Deno.test("follow() misses nothing of a backlog of many pages that grows meanwhile", async () => {
  await using test = await openTestDatabase();
  const count = EVENTS_PER_READ * 3;
  const names = Array.from({ length: count }, (_, i) => `device ${i}`);
  await tell(test.db, "t", ...names.slice(0, count - 50));
  const following = take(test.db.events.follow("t", { after: 0, signal: never }), count);
  for (const name of names.slice(count - 50)) await tell(test.db, "t", name);
  assertEquals(await following, names);
});

Deno.test("many who follow the same tenant all get all", async () => {
  await using test = await openTestDatabase();
  const all = Array.from(
    { length: 20 },
    (_, i) =>
      take(
        test.db.events.follow("t", {
          after: 0,
          signal: never,
          types: i % 2 === 0 ? ["job.changed"] : undefined,
        }),
        i % 2 === 0 ? 2 : 4,
      ),
  );
  for (const name of ["a", "job b", "c", "job d"]) await tell(test.db, "t", name);
  for (const [i, seen] of (await Promise.all(all)).entries()) {
    assertEquals(seen, i % 2 === 0 ? ["job b", "job d"] : ["a", "job b", "c", "job d"]);
  }
});

Deno.test("who follows other types does not look again for a commit", async () => {
  await using test = await openTestDatabase();
  let reads = 0;
  const log = new EventLog(
    test.db.tenant("t").db.withPlugin({
      transformQuery: ({ node }) => {
        reads++;
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    }),
  );
  const abort = new AbortController();
  const next = log.follow("t", { after: 0, types: ["job.changed"], signal: abort.signal }).next();
  await settled();
  const firstLook = reads;
  for (const [type, isRead] of [["device.created", false], ["job.changed", true]] as const) {
    log.committed([{ tenantId: "t", types: new Set([type]) }]);
    await settled();
    assertEquals(reads > firstLook, isRead, type);
  }
  abort.abort();
  await next;
});

/** The driver answers at once: a look is over after so many promises, before any timer comes. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 500; turn++) await undefined;
}

Deno.test("a heartbeat tells how far the log was read though nothing matched", async () => {
  await using test = await openTestDatabase();
  await tell(test.db, "t", "a", "b");
  const stream = test.db.events.follow("t", {
    after: 0,
    types: ["job.changed"],
    signal: never,
    heartbeatMs: 20,
  });
  assertEquals(await take(stream, 2), ["heartbeat 2", "heartbeat 2"]);
});

Deno.test("follow() ends when its signal aborts, and when the log is closed", async () => {
  await using test = await openTestDatabase();
  const abort = new AbortController();
  const aborted = take(test.db.events.follow("t", { after: 0, signal: abort.signal }), 1);
  const closed = take(test.db.events.follow("t", { after: 0, signal: never }), 1);
  abort.abort();
  assertEquals(await aborted, []);
  test.db.events.close();
  assertEquals(await closed, []);
  assertEquals(await take(test.db.events.follow("t", { after: 0, signal: never }), 1), []);
});

Deno.test("follow() rejects when the log cannot be read", async () => {
  const folder = await Deno.makeTempDir({ prefix: "treeline-" });
  const db = await openDatabase({ url: `file:${folder}/empty.db`, now: Date.now });
  const stream = db.events.follow("t", { after: 0, signal: never });
  const error = await assertRejects(() => stream.next(), StorageError);
  assert(error.message.includes("no such table"));
  await db.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("follow() finds what another process has committed", async () => {
  await using test = await openTestDatabase();
  const following = take(test.db.events.follow("t", { after: 0, signal: never }), 1);
  const { query } = eventStatements([
    { tenantId: "t", type: "job.changed", subjectId: "a", payload: null, at: 1 },
  ]);
  // Without `tells` nobody is woken, as after a commit elsewhere.
  await test.db.writer.commit({ statements: [{ query }] });
  assertEquals(await following, ["a"]);
});
