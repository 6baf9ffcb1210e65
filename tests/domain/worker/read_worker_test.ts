import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Database, openReadWorker, ReadWorkerError } from "../../../domain/mod.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import { openTestDatabase } from "../test_database.ts";

const DEVICE = { tenantId: "t", deviceId: "d", metricIds: ["cpu", "memory"] };

/** A device with two metrics; the second one's points are the negatives of the first one's. */
async function storePoints(db: Database, count: number): Promise<void> {
  await db.writer.commit({
    statements: [
      "insert into tenants values ('t', 't', '', 'UTC', '', 'live', 0, '{}', 0, 1)",
      "insert into devices values ('d', 't', 'd', 'd', 'api', null, null, '{}', 0, 1)",
      ...["cpu", "memory"].map((metric) =>
        `insert into metric_definitions values
          ('${metric}', 't', '${metric}', '', '', 'gauge', 0, null, null, 0, 1)`
      ),
      "insert into series values (1, 't', 'd', 'cpu'), (2, 't', 'd', 'memory')",
      ...[1, -1].map((sign, i) =>
        `insert into telemetry_points
          select ${i + 1}, value, ${sign} * value, value = 3 from generate_series(1, ${count})`
      ),
    ].map((text) => ({ query: rawQuery(text) })),
  });
}

Deno.test("a heavy read runs beside the main thread and gives its columns, late points too", async () => {
  await using test = await openTestDatabase();
  await storePoints(test.db, 5);
  const told: number[] = [];
  const columns = await test.db.runInReadWorker("readPoints", { ...DEVICE, until: 5 }, {
    onProgress: (fraction) => told.push(fraction),
  });
  assertEquals(columns, [
    { metricId: "cpu", at: Float64Array.of(1, 2, 3, 4), value: Float64Array.of(1, 2, 3, 4) },
    { metricId: "memory", at: Float64Array.of(1, 2, 3, 4), value: Float64Array.of(-1, -2, -3, -4) },
  ]);
  assertEquals(told, [0.5, 1]);
});

Deno.test("a heavy read sees what was committed before it, and nothing of other tenants", async () => {
  await using test = await openTestDatabase();
  await storePoints(test.db, 2);
  const read = (tenantId: string) =>
    test.db.runInReadWorker("readPoints", { ...DEVICE, tenantId, metricIds: ["cpu"], from: 2 });
  assertEquals((await read("t"))[0].at.length, 1);
  await test.db.writer.commit({
    statements: [{ query: rawQuery("insert into telemetry_points values (1, 10, 1, 0)") }],
  });
  assertEquals((await read("t"))[0].at.length, 2);
  assertEquals((await read("other"))[0].at.length, 0);
});

Deno.test("the event loop turns while a heavy read runs", async () => {
  await using test = await openTestDatabase();
  await storePoints(test.db, 50_000);
  let isDone = false;
  let turns = 0;
  const reading = test.db.runInReadWorker("readPoints", DEVICE).finally(() => isDone = true);
  while (!isDone) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    turns++;
  }
  assertEquals((await reading)[0].at.length, 50_000);
  assert(turns > 10);
});

Deno.test("a heavy read that throws is rejected with its message, and the next one runs", async () => {
  await using test = await openTestDatabase();
  await storePoints(test.db, 2);
  const wrong = { ...DEVICE, metricIds: undefined as unknown as string[] };
  await assertRejects(() => test.db.runInReadWorker("readPoints", wrong), ReadWorkerError);
  assertEquals((await test.db.runInReadWorker("readPoints", DEVICE)).length, 2);
});

Deno.test("close() rejects what still runs, and later reads", async () => {
  await using test = await openTestDatabase();
  await storePoints(test.db, 50_000);
  const worker = openReadWorker(test);
  const running = assertRejects(() => worker.run("readPoints", DEVICE), ReadWorkerError);
  worker.close();
  await running;
  await assertRejects(() => worker.run("readPoints", DEVICE), ReadWorkerError);
});

Deno.test("a worker whose database cannot be opened rejects", async () => {
  const worker = openReadWorker({ url: "file:/nowhere/at/all.db" });
  await assertRejects(() => worker.run("readPoints", DEVICE), ReadWorkerError);
  worker.close();
});
