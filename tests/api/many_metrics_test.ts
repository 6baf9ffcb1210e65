import { assertEquals } from "@std/assert";
import { createTenantIntake } from "../../api/edge/tenant_intake.ts";
import { createTenantEdgeStore, METRICS_MAX } from "../../domain/mod.ts";
import { rawQuery } from "../../domain/storage/raw_query.ts";
import { createIngest, type Intake } from "../../scoring/edge/mod.ts";
import { Quarantine } from "../../scoring/edge/intake/mod.ts";
import { readWriteRequest } from "../../scoring/edge/wire/prometheus/mod.ts";
import { addTenant, deps, NOW } from "../domain/fixtures.ts";
import { openTestDatabase } from "../domain/test_database.ts";
import { encodeV1 } from "../scoring/edge/senders/encode_remote_write.ts";

const SAMPLES_PER_BODY = 2_000;

/** As Prometheus sends one scrape of a large exporter. */
function bodyOf(from: number, at: number): Uint8Array {
  return encodeV1(Array.from({ length: SAMPLES_PER_BODY }, (_, index) => ({
    labels: [
      ["__name__", "container_memory_rss"],
      ["id", `/kubepods/pod-${from + index}`],
      ["instance", "node-1:8080"],
    ],
    samples: [[at, from + index]],
  })));
}

async function take(intake: Intake, body: Uint8Array) {
  const batch = await intake.openBatch();
  readWriteRequest(body, batch);
  const { accepted, duplicates, refused } = await intake.take(batch);
  return { accepted, duplicates, refused: refused.length, code: refused[0]?.code };
}

Deno.test("an instance of as many series as a tenant may have is taken whole, each sample once", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const { tenantId } = tenant;
  const now = () => NOW;
  const store = createTenantEdgeStore(test.db, tenantId, { now });
  const openModel = () => Promise.reject(new Error("there is no model"));
  const ingest = createIngest({ tenantId, store, openModel, now });
  const { newId } = deps;
  const intake = createTenantIntake({
    database: test.db,
    tenantId,
    ingest,
    quarantine: new Quarantine(),
    now,
    newId,
  });
  const bodies = Array.from(
    { length: METRICS_MAX / SAMPLES_PER_BODY },
    (_, body) => body * SAMPLES_PER_BODY,
  );
  for (const from of bodies) {
    assertEquals((await take(intake, bodyOf(from, NOW - 1_000))).accepted, 2_000);
  }
  for (const from of bodies) assertEquals((await take(intake, bodyOf(from, NOW))).accepted, 2_000);
  assertEquals((await take(intake, bodyOf(0, NOW))).duplicates, 2_000);
  const { refused, code } = await take(intake, bodyOf(METRICS_MAX, NOW));
  assertEquals([refused, code], [2_000, "QUOTA_EXCEEDED"]);
  const counts = rawQuery(
    `select (select count(*) from telemetry_points) as points,
      (select count(*) from series) as series, (select count(*) from devices) as devices,
      (select count(*) from events where type = 'metric.created') as told`,
    [],
  );
  assertEquals((await tenant.db.executeQuery(counts)).rows, [
    { points: 2 * METRICS_MAX, series: METRICS_MAX, devices: 1, told: METRICS_MAX },
  ]);
  store.close();
});
