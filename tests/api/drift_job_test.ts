import { assert, assertEquals, assertGreater } from "@std/assert";
import {
  createDetector,
  createLabel,
  createTenantEdgeStore,
  type Database,
  type Detector,
  DRIFT_CHECK_MS,
  enqueueDueJobs,
  enqueueJob,
  findJob,
  type Job,
  type JobKind,
  type JobParams,
  listDriftReports,
  listJobs,
  type NewDetector,
  type TenantDb,
} from "../../domain/mod.ts";
import { startJobs } from "../../api/jobs/mod.ts";
import { generateSigningKey, importSigner } from "../../scoring/bundle/mod.ts";
import { createRandom } from "../../scoring/numeric/mod.ts";
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
const WINDOW_MS = DAY_MS / 4;
const START = Date.UTC(2025, 11, 1);
const TRAINED_DAYS = 7;
/** The first instant after training. */
const TRAINED = START + TRAINED_DAYS * DAY_MS;

interface Fleet {
  /** What is added to the value of an instant. */
  readonly shiftAt?: (at: number) => number;
  readonly detector?: Partial<NewDetector>;
}

/** A device with a wave a day, a detector, and jobs that run; its model is fitted to the first week. */
async function openFleet({ shiftAt = () => 0, detector: more = {} }: Fleet = {}) {
  const test = await openTestDatabase();
  const { db } = test;
  const { tenant } = await addTenant(db, "acme", { clockMode: "replay" });
  const metric = await addMetric(db, tenant, "load");
  const device = await addDevice(db, tenant, "pump-1");
  const random = createRandom(5);
  const noise = Array.from({ length: 12 * 288 }, () => random.nextFloat() * 4);
  const valueAt = (at: number) => {
    const row = (at - START) / BUCKET_MS;
    return 50 + 20 * Math.sin(2 * Math.PI * row / 288) + noise[row] + shiftAt(at);
  };
  const send = (from: number, until: number) =>
    storePoints(db, tenant, { metricId: metric.id, from, until, valueAt });
  await send(START, TRAINED);
  const input = {
    name: "loads",
    scope: { kind: "TENANT" },
    metrics: ["load"],
    algorithm: "isolation_forest",
    parameters: { treeCount: 20 },
    featurePlan: {
      bucketMs: BUCKET_MS,
      metrics: [{ name: "load", kind: "gauge" }],
      features: [
        { metric: "load", transform: "value" },
        { metric: "load", transform: "delta" },
      ],
    },
    ...more,
  } as const;
  const detector = await commit(db, createDetector(tenant, input, deps));
  const key = await generateSigningKey();
  const jobs = startJobs({ ...deps, db, signer: await importSigner(key.pkcs8), owner: "test" });
  const run = (kind: JobKind) => ranJob(db, tenant, { kind, detector, jobs });
  await run("fit");
  return { test, db, tenant, device, detector, jobs, send, run };
}

interface SentSpan {
  readonly metricId: string;
  readonly from: number;
  readonly until: number;
  readonly valueAt: (at: number) => number;
}

async function storePoints(
  db: Database,
  tenant: TenantDb,
  { metricId, from, until, valueAt }: SentSpan,
): Promise<void> {
  const store = createTenantEdgeStore(db, tenant.tenantId, deps);
  const profile = await store.findDevice("pump-1");
  const points = Array.from({ length: (until - from) / BUCKET_MS }, (_, index) => {
    const at = from + index * BUCKET_MS;
    return { metricId, at, value: valueAt(at), late: false };
  });
  const { deviceId } = profile!;
  await store.commit([{ deviceId, points, watermark: until, anomalies: [], incidentChanges: [] }]);
  store.close();
}

async function ranJob(
  db: Database,
  tenant: TenantDb,
  { kind, detector, jobs }: {
    readonly kind: JobKind;
    readonly detector: Detector;
    readonly jobs: { wake(): void };
  },
): Promise<Job> {
  const params: JobParams = { detectorId: detector.id };
  const { id } = await commit(db, enqueueJob(tenant, kind, params, deps));
  jobs.wake();
  return await ended(tenant, id);
}

async function ended(tenant: TenantDb, id: string): Promise<Job> {
  await eventually(async () => !["queued", "running"].includes((await findJob(tenant, id))!.state));
  const job = (await findJob(tenant, id))!;
  assertEquals([job.state, job.error], ["succeeded", null]);
  return job;
}

async function reportsOf(tenant: TenantDb) {
  return (await listDriftReports(tenant, { first: 100 })).items.toReversed();
}

Deno.test("a drift job reports on each whole window after training, each once", async () => {
  const { test, tenant, device, jobs, send, run } = await openFleet();
  await using _ = test;
  await send(TRAINED, TRAINED + DAY_MS + WINDOW_MS / 2);
  const job = await run("drift");
  const reports = await reportsOf(tenant);
  assertEquals(
    reports.map(({ from_at }) => from_at),
    [0, 1, 2, 3].map((index) => TRAINED + index * WINDOW_MS),
  );
  assertEquals(reports.filter(({ state }) => state === "ALARM"), []);
  const [{ features, score, until_at }] = reports;
  assertEquals(features.map(({ feature, metric, rows }) => [feature, metric, rows]), [
    ["load.value", "load", 72],
    ["load.delta(1)", "load", 72],
  ]);
  assertEquals([score?.rows, until_at], [72, TRAINED + WINDOW_MS]);
  const result = job.result as { devices: { deviceId: string; windows: number }[] };
  assertEquals(result.devices.map(({ deviceId, windows }) => [deviceId, windows]), [
    [device.id, 4],
  ]);
  await run("drift");
  assertEquals(await reportsOf(tenant), reports);
  // The half window is told of once it is whole.
  await send(TRAINED + DAY_MS + WINDOW_MS / 2, TRAINED + DAY_MS + WINDOW_MS);
  await run("drift");
  assertEquals((await reportsOf(tenant)).length, 5);
  await jobs.stop();
});

Deno.test("windows that are checked one by one are told as all of them at once", async () => {
  const shiftAt = (at: number) => at >= TRAINED + WINDOW_MS ? 3 : 0;
  const said = async (steps: number) => {
    const { test, tenant, jobs, send, run } = await openFleet({ shiftAt });
    await using _ = test;
    for (let step = 0; step < steps; step++) {
      const width = 2 * DAY_MS / steps;
      await send(TRAINED + step * width, TRAINED + (step + 1) * width);
      await run("drift");
    }
    await jobs.stop();
    return (await reportsOf(tenant)).map((report) => ({
      ...report,
      id: "",
      tenant_id: "",
      detector_id: "",
      device_id: "",
      model_id: "",
    }));
  };
  const all = await said(1);
  assertEquals(all.findIndex(({ is_action }) => is_action === 1), 3);
  assertEquals(await said(8), all);
});

Deno.test("a drift is told, and its devices are fitted anew where the detector says so", async () => {
  const { test, db, tenant, device, detector, jobs, send, run } = await openFleet({
    shiftAt: (at) => at >= TRAINED ? 5 : 0,
    detector: { driftPolicy: { onDrift: "REFIT" } },
  });
  await using _ = test;
  await send(TRAINED, TRAINED + DAY_MS);
  const { result } = await run("drift");
  const { refitJobId } = result as { refitJobId: string };
  const refit = await ended(tenant, refitJobId);
  assertEquals(refit.params, {
    detectorId: detector.id,
    deviceIds: [device.id],
    from: TRAINED + DAY_MS - 30 * DAY_MS,
  });
  const types = ["drift.found"] as const;
  const events = await db.events.read(tenant.tenantId, { after: 0, limit: 10, types });
  const actions = (await reportsOf(tenant)).filter(({ is_action }) => is_action === 1);
  assertEquals(events.map(({ payload }) => payload), actions as unknown[]);
  assertEquals(actions.length, 1);
  assertGreater(actions[0].severity, 6);
  // The new model is the new reference: its windows begin after what it was fitted to.
  await send(TRAINED + DAY_MS, TRAINED + DAY_MS + WINDOW_MS);
  await run("drift");
  const newest = (await reportsOf(tenant)).at(-1)!;
  assert(newest.model_id !== actions[0].model_id);
  assertEquals(newest.from_at, TRAINED + DAY_MS);
  assertEquals((await listJobs(tenant, { first: 10, kind: "fit" })).items.length, 2);
  await jobs.stop();
});

Deno.test("what people have labelled as an anomaly is no drift, and unfound ones lower F1", async () => {
  const { test, db, tenant, device, jobs, send, run } = await openFleet({
    shiftAt: (at) => at >= TRAINED ? 5 : 0,
  });
  await using _ = test;
  await send(TRAINED, TRAINED + 2 * DAY_MS);
  for (let hour = 0; hour < 12; hour++) {
    const from = TRAINED + hour * 3_600_000;
    const label = { deviceId: device.id, from, until: from + 3_600_000 };
    await commit(db, createLabel(tenant, label, { ...deps, by: "anna" }));
  }
  await run("drift");
  await jobs.stop();
  const reports = await reportsOf(tenant);
  // Nothing is left of the first two windows; ten labels had ended by the end of the third.
  assertEquals(reports.map(({ from_at }) => (from_at - TRAINED) / WINDOW_MS), [2, 3, 4, 5, 6, 7]);
  assertEquals([reports[0].f1, reports[0].state, reports[0].is_action], [0, "ALARM", 1]);
});

Deno.test("a device without a model of its own is passed over", async () => {
  const { test, db, tenant, jobs, send, run } = await openFleet();
  await using _ = test;
  await addDevice(db, tenant, "pump-2");
  await send(TRAINED, TRAINED + DAY_MS);
  const { result } = await run("drift");
  await jobs.stop();
  const { devices } = result as { devices: { modelId: string | null; windows: number }[] };
  assertEquals(devices.map(({ modelId, windows }) => [modelId === null, windows]), [
    [false, 4],
    [true, 0],
  ]);
});

Deno.test("the clock has detectors with models checked", async () => {
  const { test, db, tenant, detector, jobs, send } = await openFleet();
  await using _ = test;
  await send(TRAINED, TRAINED + DAY_MS);
  const now = () => NOW + DRIFT_CHECK_MS;
  await enqueueDueJobs(db, { now });
  jobs.wake();
  const [{ id }] = (await listJobs(tenant, { first: 1, kind: "drift" })).items;
  await ended(tenant, id);
  await jobs.stop();
  assert(id.startsWith(detector.id));
  assertEquals((await reportsOf(tenant)).length, 4);
});
