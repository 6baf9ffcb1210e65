import { assert, assertEquals } from "@std/assert";
import {
  changedJob,
  createDetector,
  type Database,
  DRIFT_CHECK_MS,
  enqueueDueJobs,
  enqueueJob,
  fittedStatements,
  type Job,
  listJobs,
  type ModelRow,
  type NewDetector,
  type TenantDb,
  updateDetector,
} from "../../../domain/mod.ts";
import { addDevice, addMetric, addTenant, commit, deps, NOW } from "../fixtures.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import { openTestDatabase } from "../test_database.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A tenant with a detector whose model was fitted now. */
async function openScheduled(more: Partial<NewDetector> = {}) {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  await addMetric(test.db, tenant, "load");
  const device = await addDevice(test.db, tenant, "pump-1");
  const input = { name: "loads", scope: { kind: "TENANT" }, metrics: ["load"], ...more } as const;
  const detector = await commit(test.db, createDetector(tenant, input, deps));
  const fitted = (at: number) =>
    putIntoProduction(test.db, tenant, {
      detector_id: detector.id,
      entity_id: device.id,
      created_at: at,
    });
  await fitted(NOW);
  return { test, db: test.db, tenant, detector, fitted };
}

async function putIntoProduction(
  db: Database,
  { tenantId }: TenantDb,
  row: Pick<ModelRow, "detector_id" | "entity_id" | "created_at">,
): Promise<void> {
  const id = row.created_at.toString(16).padStart(64, "0");
  // The schedule asks when it was fitted, and never what it is.
  const summary = {} as ModelRow["summary"];
  const model = { ...row, id, tenant_id: tenantId, label: "v", summary };
  await db.writer.commit({
    statements: fittedStatements(model, new Uint8Array(1), row.created_at),
  });
}

/** Ends all jobs that wait, and gives them. */
async function finishJobs(db: Database, tenant: TenantDb, at: number): Promise<Job[]> {
  const { items } = await listJobs(tenant, { first: 100, states: ["queued"] });
  for (const job of items) {
    await commit(db, changedJob(job, { state: "succeeded", finished_at: at }, at));
  }
  return [...items];
}

Deno.test("a month of the clock checks for drift every six hours and refits every week", async () => {
  const { test, db, tenant, fitted } = await openScheduled({ refitEveryMs: 7 * DAY_MS });
  await using _ = test;
  const kinds = { drift: 0, fit: 0, baseline: 0 };
  for (let at = NOW; at < NOW + 30 * DAY_MS; at += HOUR_MS) {
    await enqueueDueJobs(db, { now: () => at });
    for (const { kind } of await finishJobs(db, tenant, at)) {
      kinds[kind]++;
      if (kind === "fit") await fitted(at);
    }
  }
  // Each fit is as good as a check: the first six hours after it need none.
  assertEquals(kinds, { drift: 30 * 4 - 5, fit: 4, baseline: 0 });
});

Deno.test("two gateways that ask at once add a job once", async () => {
  const { test, db, tenant } = await openScheduled();
  await using _ = test;
  const now = () => NOW + DRIFT_CHECK_MS;
  await Promise.all([enqueueDueJobs(db, { now }), enqueueDueJobs(db, { now })]);
  await enqueueDueJobs(db, { now });
  assertEquals((await listJobs(tenant, { first: 10 })).items.length, 1);
  await finishJobs(db, tenant, now());
  await enqueueDueJobs(db, { now });
  assertEquals((await listJobs(tenant, { first: 10 })).items.length, 1);
});

Deno.test("nothing is added while another job of the tenant waits", async () => {
  const { test, db, tenant, detector } = await openScheduled();
  await using _ = test;
  const job = await commit(db, enqueueJob(tenant, "fit", { detectorId: detector.id }, deps));
  await enqueueDueJobs(db, { now: () => NOW + DAY_MS });
  assertEquals((await finishJobs(db, tenant, NOW)).map(({ id }) => id), [job.id]);
  await enqueueDueJobs(db, { now: () => NOW + DAY_MS });
  assertEquals((await finishJobs(db, tenant, NOW)).map(({ kind }) => kind), ["drift"]);
});

Deno.test("a detector without a model, or that is off, is left alone", async () => {
  const { test, db, tenant, detector } = await openScheduled();
  await using _ = test;
  const input = { name: "new", scope: { kind: "TENANT" }, metrics: ["load"] } as const;
  await commit(db, createDetector(tenant, input, deps));
  await commit(db, updateDetector(tenant, detector.id, { enabled: false }, deps));
  await enqueueDueJobs(db, { now: () => NOW + DAY_MS });
  assertEquals((await listJobs(tenant, { first: 10 })).items, []);
});

Deno.test("a refit reads the newest month of the data", async () => {
  const { test, db, tenant } = await openScheduled({ refitEveryMs: 7 * DAY_MS });
  await using _ = test;
  const { id } = await addDevice(db, tenant, "pump-2");
  const watermark = NOW - 100 * DAY_MS;
  await db.writer.commit({
    statements: [{
      query: rawQuery("insert into progress values (?, ?, ?, ?, 1)", [
        id,
        tenant.tenantId,
        watermark,
        NOW,
      ]),
    }],
  });
  await enqueueDueJobs(db, { now: () => NOW + 8 * DAY_MS });
  const [job] = await finishJobs(db, tenant, NOW);
  assertEquals([job.kind, job.params.from], ["fit", watermark - 30 * DAY_MS]);
});

Deno.test("jobs of the schedule that ended a month ago are forgotten, and no others", async () => {
  const { test, db, tenant, detector } = await openScheduled();
  await using _ = test;
  const asked = await commit(db, enqueueJob(tenant, "drift", { detectorId: detector.id }, deps));
  await finishJobs(db, tenant, NOW);
  for (const at of [NOW + DAY_MS, NOW + 2 * DAY_MS, NOW + 31.5 * DAY_MS]) {
    await enqueueDueJobs(db, { now: () => at });
    await finishJobs(db, tenant, at);
  }
  const { items } = await listJobs(tenant, { first: 10 });
  assertEquals(items.length, 3);
  assert(items.some(({ id }) => id === asked.id));
  assert(items.every(({ created_at }) => created_at !== NOW + DAY_MS));
});
