import { assertEquals, assertRejects } from "@std/assert";
import {
  cancelJob,
  ConflictError,
  createDetector,
  enqueueJob,
  findDueJob,
  findJob,
  GuardError,
  InvalidInputError,
  LEASE_MS,
  leasedJob,
  listJobs,
  loadJobs,
  NotFoundError,
  QuotaExceededError,
  returnedJob,
  UNFINISHED_JOBS_MAX,
} from "../../../domain/mod.ts";
import { addDevice, addMetric, addTenant, commit, deps, NOW } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

async function openJobs() {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  await addMetric(test.db, tenant, "load");
  const input = { name: "loads", scope: { kind: "TENANT" }, metrics: ["load"] } as const;
  const detector = await commit(test.db, createDetector(tenant, input, deps));
  const enqueue = (more: object = {}) =>
    enqueueJob(tenant, "fit", { detectorId: detector.id, ...more }, deps);
  return { test, db: test.db, tenant, detector, enqueue };
}

Deno.test("a job waits until a worker leases it, and is told at each step", async () => {
  const { test, db, tenant, detector, enqueue } = await openJobs();
  await using _ = test;
  const job = await commit(db, enqueue({ from: 1, until: null }));
  assertEquals(
    [job.state, job.params],
    ["queued", { detectorId: detector.id, from: 1 }] as unknown[],
  );
  assertEquals(await findJob(tenant, job.id), job);
  const worker = { owner: "me", isAlone: false };
  const due = (await findDueJob(db.reader, worker, NOW))!;
  const leased = await commit(db, leasedJob(due, "me", NOW));
  assertEquals([leased.state, leased.lease_until, leased.attempts], ["running", NOW + LEASE_MS, 1]);
  assertEquals(await findDueJob(db.reader, worker, NOW), undefined);
  await assertRejects(() => db.writer.commit(leasedJob(due, "other", NOW).write), GuardError);
  const returned = await commit(db, returnedJob(leased, NOW));
  assertEquals([returned.state, returned.attempts], ["queued", 0]);
  const types = ["job.changed"] as const;
  const events = await db.events.read(tenant.tenantId, { after: 0, limit: 10, types });
  assertEquals(events.map(({ payload }) => (payload as typeof job).state), [
    "queued",
    "running",
    "queued",
  ]);
});

Deno.test("jobs are listed newest first, by kind and state", async () => {
  const { test, db, tenant, enqueue } = await openJobs();
  await using _ = test;
  const first = await commit(db, enqueue());
  const second = await commit(db, enqueue());
  await commit(db, cancelJob(tenant, first.id, deps));
  const list = async (filter: object) =>
    (await listJobs(tenant, { first: 10, ...filter })).items.map(({ id }) => id);
  assertEquals(await list({}), [second.id, first.id]);
  assertEquals(await list({ states: ["cancelled"] }), [first.id]);
  assertEquals(await list({ kind: "baseline" }), []);
  const loaded = await loadJobs(tenant, ["none", second.id]);
  assertEquals(loaded.map((job) => job?.id), [undefined, second.id]);
});

Deno.test("a job that has ended cannot be cancelled, and nor can another tenant's", async () => {
  const { test, db, tenant, enqueue } = await openJobs();
  await using _ = test;
  const job = await commit(db, enqueue());
  const rival = await addTenant(db, "rival");
  await assertRejects(() => cancelJob(rival.tenant, job.id, deps), NotFoundError);
  const cancelled = await commit(db, cancelJob(tenant, job.id, deps));
  assertEquals([cancelled.state, cancelled.finished_at], ["cancelled", NOW]);
  await assertRejects(() => cancelJob(tenant, job.id, deps), ConflictError);
});

Deno.test("a job is refused for what does not exist and for an empty span", async () => {
  const { test, db, tenant, detector, enqueue } = await openJobs();
  await using _ = test;
  const rival = await addTenant(db, "rival");
  const theirs = await addDevice(db, rival.tenant, "pump-1");
  const foreign = () => enqueueJob(rival.tenant, "fit", { detectorId: detector.id }, deps);
  await assertRejects(foreign, NotFoundError);
  for (const wrong of [{ deviceIds: [theirs.id] }, { deviceIds: [] }, { from: 2, until: 2 }]) {
    await assertRejects(() => enqueue(wrong), InvalidInputError);
  }
  assertEquals((await listJobs(tenant, { first: 1 })).items, []);
});

Deno.test("a tenant has a limited number of jobs that wait", async () => {
  const { test, db, enqueue } = await openJobs();
  await using _ = test;
  for (let i = 0; i < UNFINISHED_JOBS_MAX; i++) await commit(db, enqueue());
  await assertRejects(() => enqueue(), QuotaExceededError);
});
