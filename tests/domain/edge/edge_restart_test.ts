import { assert, assertEquals } from "@std/assert";
import {
  createDetector,
  createTenantEdgeStore,
  type Database,
  enqueueJob,
  findJob,
  listAnomalies,
  listIncidents,
  type TenantDb,
} from "../../../domain/mod.ts";
import { startJobs } from "../../../api/jobs/mod.ts";
import { decodeBundle, generateSigningKey, importSigner } from "../../../scoring/bundle/mod.ts";
import { createIngest, type Ingest } from "../../../scoring/edge/mod.ts";
import type { TelemetryPoint } from "../../../scoring/point.ts";
import { addDevice, addMetric, addTenant, commit, deps, eventually, NOW } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

const BUCKET_MS = 5 * 60_000;
const DAYS = 14;
const START = NOW - DAYS * 86_400_000;
const POINTS = DAYS * 288;

/** Two waves with faults in the second week; values with all 53 bits. */
function history(): TelemetryPoint[] {
  return Array.from({ length: 2 * POINTS }, (_, index) => {
    const i = index >> 1;
    const device = `pump-${index & 1}`;
    const isFault = i % 900 > 880 && i > POINTS / 2;
    const wave = 50 + 20 * Math.sin((i + 40 * (index & 1)) / 45.8) + Math.sin(i * i) / 3;
    return {
      device,
      metric: "load",
      at: START + i * BUCKET_MS,
      value: isFault ? wave * 2.7 : wave,
    };
  });
}

async function openPumps() {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db, "acme", { clockMode: "replay" });
  await addMetric(test.db, tenant, "load");
  for (const name of ["pump-0", "pump-1"]) await addDevice(test.db, tenant, name);
  return { test, db: test.db, tenant };
}

function openIngest(db: Database, { tenantId }: TenantDb) {
  const store = createTenantEdgeStore(db, tenantId, deps);
  const openModel = async (id: string) => decodeBundle(await store.loadBundle(id));
  const options = { tenantId, store, openModel, now: deps.now, clockMode: "replay" } as const;
  return { ingest: createIngest(options), close: () => store.close() };
}

async function fit(db: Database, tenant: TenantDb): Promise<void> {
  const input = {
    name: "loads",
    scope: { kind: "TENANT" },
    metrics: ["load"],
  } as const;
  // Ids are part of incidents' ids: both runs must have the same.
  const detector = await commit(db, createDetector(tenant, input, { ...deps, newId: () => "d" }));
  const job = await commit(db, enqueueJob(tenant, "fit", { detectorId: detector.id }, deps));
  const { pkcs8 } = await generateSigningKey();
  const jobs = startJobs({ ...deps, db, signer: await importSigner(pkcs8), owner: "test" });
  await eventually(async () => (await findJob(tenant, job.id))?.state === "succeeded");
  await jobs.stop();
}

async function send(ingest: Ingest, points: readonly TelemetryPoint[]): Promise<void> {
  for (let start = 0; start < points.length; start += 500) {
    const { refused } = await ingest.ingest(points.slice(start, start + 500));
    assertEquals(refused, []);
  }
}

/** All that was found, without what differs from run to run: ids of tenant and device. */
async function found(tenant: TenantDb) {
  const incidents = (await listIncidents(tenant, { first: 1_000 })).items;
  const anomalies = (await listAnomalies(tenant, { first: 1_000 })).items;
  const order = (left: { at: number; score: number }, right: { at: number; score: number }) =>
    left.at - right.at || left.score - right.score;
  return {
    incidents: incidents.map(({ state, opened_at, last_at, peak_score, anomaly_count }) => (
      { state, at: opened_at, last_at, score: peak_score, anomaly_count }
    )).sort(order),
    anomalies: anomalies.map(({ at, score, value, expected, severity }) => (
      { at, score, value, expected, severity }
    )).sort(order),
  };
}

async function run(restarts: readonly number[]) {
  const { test, db, tenant } = await openPumps();
  await using _ = test;
  const points = history();
  const half = points.length / 2;
  let edge = openIngest(db, tenant);
  await send(edge.ingest, points.slice(0, half));
  await fit(db, tenant);
  let sent = half;
  for (const at of [...restarts, points.length]) {
    edge.close();
    edge = openIngest(db, tenant);
    await send(edge.ingest, points.slice(sent, at));
    sent = at;
  }
  edge.close();
  return await found(tenant);
}

Deno.test("an edge that is restarted at any point finds the same, bit for bit", async () => {
  const uncut = await run([]);
  assert(uncut.incidents.length > 0);
  assert(uncut.anomalies.length > 0);
  const cuts = [4_100, 4_101, 4_500, 5_323, 5_402, 5_403, 6_999];
  assertEquals(await run(cuts), uncut);
});

Deno.test("an ingest that is running takes a model over once it is fitted", async () => {
  const { test, db, tenant } = await openPumps();
  await using _ = test;
  const points = history();
  const { ingest, close } = openIngest(db, tenant);
  await send(ingest, points.slice(0, points.length / 2));
  assertEquals((await listAnomalies(tenant, { first: 1 })).items, []);
  await fit(db, tenant);
  await send(ingest, points.slice(points.length / 2));
  close();
  assertEquals(await found(tenant), await run([]));
});
