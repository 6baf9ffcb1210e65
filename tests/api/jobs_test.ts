import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import {
  cancelJob,
  createDetector,
  createLabel,
  createTenantEdgeStore,
  type Database,
  type Detector,
  type Device,
  enqueueJob,
  findAliasedModel,
  findJob,
  findSetting,
  type Job,
  type JobParams,
  LEASE_MS,
  leasedJob,
  listBaselines,
  listModels,
  listWatches,
  loadMetricsByName,
  type TenantDb,
} from "../../domain/mod.ts";
import { createJobRunner, type JobHandler, JobLostError, startJobs } from "../../api/jobs/mod.ts";
import {
  generateSigningKey,
  importSigner,
  importTrustedKeys,
  openBundle,
  openSetting,
} from "../../scoring/bundle/mod.ts";
import {
  addDevice,
  addMetric,
  addTenant,
  commit,
  deps,
  eventually,
  NOW,
} from "../domain/fixtures.ts";
import { openTestDatabase } from "../domain/test_database.ts";

const BUCKET_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

async function openFleet(days: readonly number[]) {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db, "acme", { clockMode: "replay" });
  const metric = await addMetric(test.db, tenant, "load");
  const devices = [];
  for (const [index, count] of days.entries()) {
    const device = await addDevice(test.db, tenant, `pump-${index}`);
    await storePoints(test.db, tenant, { name: device.external_id, metricId: metric.id }, count);
    devices.push(device);
  }
  const scope = { kind: "TENANT" } as const;
  const input = { name: "loads", scope, metrics: ["load"], algorithm: "isolation_forest" };
  const detector = await commit(test.db, createDetector(tenant, input, deps));
  return { test, db: test.db, tenant, detector, devices, metric };
}

/** A wave a day, with a little that never repeats. */
async function storePoints(
  db: Database,
  tenant: TenantDb,
  { name, metricId }: { name: string; metricId: string },
  days: number,
): Promise<void> {
  const store = createTenantEdgeStore(db, tenant.tenantId, deps);
  const profile = await store.findDevice(name);
  const points = Array.from({ length: Math.floor(days * DAY_MS / BUCKET_MS) }, (_, i) => {
    const at = NOW - 30 * DAY_MS + i * BUCKET_MS;
    return {
      metricId,
      at,
      value: 50 + 20 * Math.sin(i / 45.8) + (i * 7919 % 101) / 50,
      late: false,
    };
  });
  const deviceId = profile!.deviceId;
  const watermark = NOW - 20 * DAY_MS;
  await store.commit([{ deviceId, points, watermark, anomalies: [], incidentChanges: [] }]);
  store.close();
}

async function metricOf(tenant: TenantDb) {
  const [metric] = await loadMetricsByName(tenant, ["load"]);
  return metric;
}

async function startFitting(db: Database) {
  const key = await generateSigningKey();
  const jobs = startJobs({ ...deps, db, signer: await importSigner(key.pkcs8), owner: "test" });
  return { jobs, trustedKeys: await importTrustedKeys([key.publicKey]) };
}

async function enqueue(
  db: Database,
  tenant: TenantDb,
  detector: Detector,
  more?: Partial<JobParams>,
) {
  const params = { ...more, detectorId: detector.id };
  return await commit(db, enqueueJob(tenant, "fit", params, deps));
}

async function ended(tenant: TenantDb, { id }: Job): Promise<Job> {
  await eventually(async () => !["queued", "running"].includes((await findJob(tenant, id))!.state));
  return (await findJob(tenant, id))!;
}

Deno.test("a fit job puts a signed model of each device into production, with its setting", async () => {
  const { test, db, tenant, detector, devices } = await openFleet([6, 6, 0.1]);
  await using _ = test;
  const { jobs, trustedKeys } = await startFitting(db);
  const job = await ended(tenant, await enqueue(db, tenant, detector));
  await jobs.stop();
  assertEquals([job.state, job.error, job.progress], ["succeeded", null, 1]);
  const { tenantId } = tenant;
  for (const device of devices.slice(0, 2)) {
    const row = await findAliasedModel(tenant, detector.id, device.id);
    const store = createTenantEdgeStore(db, tenantId, deps);
    const bundle = await store.loadBundle(row!.id);
    const { id, model } = await openBundle(bundle, { tenantId, trustedKeys });
    assertEquals([id, model.entityId], [row!.id, device.id]);
    assertEquals(model.sections.length, row!.summary.sections.length);
    const important = row!.summary.importance!.map(({ feature }) => feature);
    assertEquals(important.toSorted(), row!.summary.features.toSorted());
    const stored = await findSetting(tenant, detector.id, device.id);
    assertEquals(await openSetting(stored!, { tenantId, trustedKeys }), stored!.setting);
    const profile = await store.findDevice(device.external_id);
    assertEquals(profile?.assignments, [
      { detectorId: detector.id, modelId: row!.id, setting: stored!.setting },
    ]);
    store.close();
  }
  const result = job.result as { devices: { modelId: string | null; message: string }[] };
  assertEquals(result.devices.map(({ modelId }) => modelId !== null), [true, true, false]);
  assert(result.devices[2].message.startsWith("too few rows"));
});

Deno.test("a fit made again of the same points is the same model, its setting the next version", async () => {
  const { test, db, tenant, detector, devices: [device] } = await openFleet([6]);
  await using _ = test;
  const { jobs } = await startFitting(db);
  await ended(tenant, await enqueue(db, tenant, detector));
  const before = await listBaselines(tenant, { first: 10 });
  await ended(tenant, await enqueue(db, tenant, detector));
  await jobs.stop();
  // One of the device, and one that it lends to the tenant's others.
  assertEquals((await listModels(tenant, { first: 10 })).items.length, 2);
  assertEquals((await findSetting(tenant, detector.id, device.id))?.setting.version, 2);
  assertGreater(before.items.length, 1);
  assertEquals(await listBaselines(tenant, { first: 10 }), before);
});

Deno.test("a device without a model borrows its cohort's, then its tenant's", async () => {
  const { test, db, tenant, detector, devices: [, alike] } = await openFleet([6, 0.1]);
  await using _ = test;
  const { tenantId } = tenant;
  const cohort = await addDevice(test.db, tenant, "fan", { cohort: "fans" });
  await storePoints(db, tenant, { name: "fan", metricId: (await metricOf(tenant)).id }, 5);
  const { jobs } = await startFitting(db);
  await ended(tenant, await enqueue(db, tenant, detector));
  await jobs.stop();
  const young = await addDevice(test.db, tenant, "young fan", { cohort: "fans" });
  const watched = async (device: Device) => {
    const [{ state, entityId, learnedDays }] = await listWatches(tenant, device);
    return [state, entityId, learnedDays];
  };
  assertEquals(await watched(cohort), ["OWN", cohort.id, 4]);
  assertEquals(await watched(young), ["BORROWED", "fans", 0]);
  assertEquals(await watched(alike), ["BORROWED", tenantId, 0]);
});

Deno.test("times that people or detectors know to be anomalous are not learnt", async () => {
  const { test, db, tenant, detector, devices: [device] } = await openFleet([6]);
  await using _ = test;
  const { jobs } = await startFitting(db);
  const from = NOW - 30 * DAY_MS;
  const label = { deviceId: device.id, from, until: from + DAY_MS };
  await commit(db, createLabel(tenant, label, { ...deps, by: "anna" }));
  await ended(tenant, await enqueue(db, tenant, detector));
  await jobs.stop();
  const model = await findAliasedModel(tenant, detector.id, device.id);
  assert(model!.summary.provenance.trainedFrom >= from + DAY_MS);
});

Deno.test("a fit of a span reads no points outside it", async () => {
  const { test, db, tenant, detector, devices: [device] } = await openFleet([6]);
  await using _ = test;
  const { jobs } = await startFitting(db);
  const until = NOW - 27 * DAY_MS;
  await ended(tenant, await enqueue(db, tenant, detector, { until, deviceIds: [device.id] }));
  await jobs.stop();
  const model = await findAliasedModel(tenant, detector.id, device.id);
  assertEquals(model?.summary.provenance.trainedUntil, until - BUCKET_MS);
});

Deno.test("a job of which no device has enough rows fails and says so", async () => {
  const { test, db, tenant, detector } = await openFleet([0.1]);
  await using _ = test;
  const { jobs } = await startFitting(db);
  const job = await ended(tenant, await enqueue(db, tenant, detector));
  await jobs.stop();
  assertEquals(job.state, "failed");
  assert(job.error?.includes("too few rows"));
});

Deno.test("job events tell its states in order and its progress at most four times a second", async () => {
  const { test, db, tenant, detector } = await openFleet([3, 3, 3]);
  await using _ = test;
  const { jobs } = await startFitting(db);
  await ended(tenant, await enqueue(db, tenant, detector));
  await jobs.stop();
  const events = await db.events.read(tenant.tenantId, {
    after: 0,
    limit: 100,
    types: ["job.changed"],
  });
  const told = events.map(({ payload }) => payload as Job);
  // The tests' clock stands still: of all progress only the first is told.
  assertEquals(told.map(({ state }) => state), ["queued", "running", "running", "succeeded"]);
});

function startHandler(db: Database, fit: JobHandler, more = {}) {
  return createJobRunner({
    db,
    now: deps.now,
    owner: "me",
    handlers: { fit, baseline: fit, drift: fit },
    ...more,
  });
}

Deno.test("a job that is cancelled while it runs records nothing more", async () => {
  const { test, db, tenant, detector } = await openFleet([]);
  await using _ = test;
  let isAborted = false;
  const jobs = startHandler(db, async ({ signal, commit: record }) => {
    await record([], { fraction: 0.5, message: "half" });
    await eventually(async () => (await findJob(tenant, job.id))?.state === "cancelled");
    await assertRejects(() => record([], { fraction: 0.6, message: "more" }), JobLostError);
    isAborted = signal.aborted;
    return null;
  });
  const job = await enqueue(db, tenant, detector);
  await eventually(async () => (await findJob(tenant, job.id))?.message === "half");
  await commit(db, cancelJob(tenant, job.id, deps));
  await eventually(() => isAborted);
  await jobs.stop();
  const { state, message } = await ended(tenant, job);
  assertEquals([state, message], ["cancelled", "half"]);
});

Deno.test("a job of a worker that is gone is begun again; after three times it fails", async () => {
  const { test, db, tenant, detector } = await openFleet([]);
  await using _ = test;
  const queued = await enqueue(db, tenant, detector);
  const lost = await commit(db, leasedJob(queued, "gone", NOW));
  assertEquals([lost.state, lost.attempts], ["running", 1]);
  const jobs = startHandler(db, () => Promise.resolve("done"));
  const job = await ended(tenant, lost);
  await jobs.stop();
  assertEquals([job.state, job.attempts, job.result], ["succeeded", 2, "done"]);
  const given = await commit(db, leasedJob({ ...job, attempts: 3 }, "me", NOW));
  assertEquals(given.state, "failed");
});

Deno.test("beside other processes a lease is respected until it ends", async () => {
  const { test, db, tenant, detector } = await openFleet([]);
  await using _ = test;
  const lost = await commit(db, leasedJob(await enqueue(db, tenant, detector), "other", NOW));
  let now = NOW;
  const jobs = startHandler(db, () => Promise.resolve(1), { isAlone: false, now: () => now });
  jobs.wake();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertEquals((await findJob(tenant, lost.id))?.lease_owner, "other");
  now += LEASE_MS + 1;
  assertEquals((await ended(tenant, lost)).state, "succeeded");
  await jobs.stop();
});

Deno.test("a runner that stops gives its job back", async () => {
  const { test, db, tenant, detector } = await openFleet([]);
  await using _ = test;
  const jobs = startHandler(
    db,
    ({ signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      ),
  );
  const job = await enqueue(db, tenant, detector);
  await eventually(async () => (await findJob(tenant, job.id))?.state === "running");
  await jobs.stop();
  const given = await findJob(tenant, job.id);
  assertEquals([given?.state, given?.attempts, given?.lease_owner], ["queued", 0, null]);
});
