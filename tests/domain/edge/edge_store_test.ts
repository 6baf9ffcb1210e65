import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { createTenantEdgeStore } from "../../../domain/edge/edge_store.ts";
import { acknowledged, findIncident, incidentRow } from "../../../domain/incidents.ts";
import { findAnomaly } from "../../../domain/anomalies.ts";
import { StaleDeviceError } from "../../../scoring/edge/store.ts";
import type { Incident } from "../../../scoring/incident/mod.ts";
import type { AcceptedPoint, DeviceEffects } from "../../../scoring/pipeline/mod.ts";
import { anomalyOf, incidentOf } from "./effects_fixtures.ts";
import { createMetric, updateMetric } from "../../../domain/fleet/metrics.ts";
import { eventStatement } from "../../../domain/storage/event_log.ts";
import { addDevice, addMetric, addTenant, commit, deps, eventually, NOW } from "../fixtures.ts";
import { sqldTest } from "../storage/sqld.ts";
import { openTestDatabase } from "../test_database.ts";

async function openStore(url?: string) {
  const test = await openTestDatabase(url === undefined ? {} : { url });
  const { tenant } = await addTenant(test.db);
  const device = await addDevice(test.db, tenant, "pump-1");
  const metric = await addMetric(test.db, tenant, "load");
  const store = createTenantEdgeStore(test.db, tenant.tenantId, { now: () => NOW });
  return {
    db: test.db,
    tenant,
    store,
    device,
    metric,
    async [Symbol.asyncDispose]() {
      store.close();
      await test[Symbol.asyncDispose]();
    },
  };
}

function effectsOf(
  deviceId: string,
  watermark: number,
  points: readonly AcceptedPoint[],
  more: Partial<DeviceEffects> = {},
): DeviceEffects {
  return { deviceId, watermark, points, anomalies: [], incidentChanges: [], ...more };
}

Deno.test("edge store: a committed point is there, with progress and newest instant", async () => {
  await using test = await openStore();
  const { store, device, metric } = test;
  const before = await store.findDevice("pump-1");
  assertEquals(before?.watermark, null);
  assertEquals(await store.listNewest(device.id), new Map());
  const points = [
    { metricId: metric.id, at: 2_000, value: 1.5, late: false },
    { metricId: metric.id, at: 1_000, value: 0.1, late: true },
  ];
  await store.commit([effectsOf(device.id, 1_500, points)]);
  const after = await store.findDevice("pump-1");
  assertEquals(after?.watermark, 1_500);
  assertEquals(await store.listNewest(device.id), new Map([[metric.id, 2_000]]));
  assertEquals(await store.listPoints(device.id, ["load"], 0), [
    { metric: "load", at: 2_000, value: 1.5 },
  ]);
  const keys = [1_000, 1_500, 2_000].map((at) => ({ metricId: metric.id, at }));
  assertEquals(await store.findValues(device.id, keys), [0.1, undefined, 1.5]);
});

async function keepsValues(test: Awaited<ReturnType<typeof openStore>>): Promise<void> {
  const { store, device, metric } = test;
  await store.findDevice("pump-1");
  let at = 0;
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.integer(),
    fc.constantFrom(
      5e-324,
      1.7976931348623157e308,
      0.1,
      2 ** 53,
      2 ** 62,
      2 ** -70,
      2 ** -73,
      1e-5,
    ),
  ).map((number) => number + 0);
  const property = fc.asyncProperty(fc.array(value, { minLength: 1 }), async (values) => {
    const from = at;
    const points = values.map((number) => (
      { metricId: metric.id, at: at++, value: number, late: false }
    ));
    await store.commit([effectsOf(device.id, at, points)]);
    const stored = await store.listPoints(device.id, ["load"], from);
    assertEquals(stored.map((point) => point.value), values);
  });
  await fc.assert(property, { numRuns: 50, seed: 7 });
}

Deno.test("edge store: any finite value comes back bit for bit", async () => {
  await using test = await openStore();
  await keepsValues(test);
});

sqldTest("edge store: any finite value comes back bit for bit from a server", async ({ url }) => {
  await using test = await openStore(url);
  await keepsValues(test);
});

Deno.test("edge store: effects folded from a profile that was overtaken are refused whole", async () => {
  await using test = await openStore();
  const { db, tenant, store, device, metric } = test;
  const other = await addDevice(db, tenant, "pump-2");
  const rival = createTenantEdgeStore(db, tenant.tenantId, { now: () => NOW });
  for (const one of [store, rival]) {
    for (const name of ["pump-1", "pump-2"]) await one.findDevice(name);
  }
  const point = (at: number) => ({ metricId: metric.id, at, value: 1, late: false });
  await rival.commit([effectsOf(other.id, 0, [point(10)])]);
  const both = [effectsOf(device.id, 0, [point(20)]), effectsOf(other.id, 0, [point(20)])];
  const error = await assertRejects(() => store.commit(both), StaleDeviceError);
  assertEquals(error.deviceId, other.id);
  assertEquals((await store.findDevice("pump-1"))?.watermark, null);
  assertEquals(await store.listPoints(device.id, ["load"], 0), []);
  await store.findDevice("pump-2");
  await store.commit(both);
  assertEquals((await store.listPoints(other.id, ["load"], 0)).length, 2);
  rival.close();
});

Deno.test("edge store: a device that it has not read is stale", async () => {
  await using test = await openStore();
  const effects = [effectsOf(test.device.id, 0, [])];
  await assertRejects(() => test.store.commit(effects), StaleDeviceError);
});

Deno.test("edge store: anomaly, incident and their events are written with the points", async () => {
  await using test = await openStore();
  const { db, tenant, store, device } = test;
  await store.findDevice("pump-1");
  const incident = incidentOf(device.id);
  const anomaly = anomalyOf(incident);
  const confirmed: Incident = { ...incident, state: "OPEN", confirmedAt: 2_000, version: 2 };
  const changes = [
    { action: "CREATE", at: 1_000, incident },
    { action: "CONFIRM", at: 2_000, incident: confirmed },
  ] as const;
  const more = { anomalies: [anomaly], incidentChanges: changes };
  await store.commit([effectsOf(device.id, 0, [], more)]);
  assertEquals(await findIncident(tenant, incident.id), incidentRow(tenant.tenantId, confirmed));
  assertEquals((await findAnomaly(tenant, anomaly.id))?.score, anomaly.verdict.score);
  assertEquals((await store.findDevice("pump-1"))?.incidents, [confirmed]);
  assertEquals(await store.listActiveDevices(), ["pump-1"]);
  const events = await db.events.read(tenant.tenantId, { after: 0, limit: 100 });
  const told = events.filter(({ type }) =>
    type === "anomaly.detected" || type === "incident.changed"
  );
  assertEquals(told.map(({ payload }) => payload), [anomaly, ...changes] as unknown[]);
});

Deno.test("edge store: a person's action makes what was folded before it stale", async () => {
  await using test = await openStore();
  const { db, tenant, store, device } = test;
  await store.findDevice("pump-1");
  const incident = incidentOf(device.id);
  const created = [{ action: "CREATE", at: 1_000, incident }] as const;
  await store.commit([effectsOf(device.id, 0, [], { incidentChanges: created })]);
  const row = incidentRow(tenant.tenantId, incident);
  await commit(db, acknowledged(row, { by: "ann", at: NOW }));
  const opened: Incident = { ...incident, state: "OPEN", version: 2 };
  const confirmed = [{ action: "CONFIRM", at: 2_000, incident: opened }] as const;
  const effects = [effectsOf(device.id, 0, [], { incidentChanges: confirmed })];
  await assertRejects(() => store.commit(effects), StaleDeviceError);
  assertEquals((await store.findDevice("pump-1"))?.incidents[0].acknowledgedBy, "ann");
});

Deno.test("edge store: its revision grows when the tenant's configuration changes", async () => {
  await using test = await openStore();
  const { db, tenant, store } = test;
  await eventually(() => store.revision() > 0);
  const before = store.revision();
  await addMetric(db, tenant, "temperature");
  await eventually(() => store.revision() > before);
});

for (
  const type of ["device.updated", "metric.created", "detector.updated", "model.fitted"] as const
) {
  Deno.test(`edge store: its revision has grown once ${type} of this process is committed`, async () => {
    await using test = await openStore();
    const { db, tenant: { tenantId }, store } = test;
    await eventually(() => store.revision() > 0);
    const before = store.revision();
    const told = eventStatement({ tenantId, type, subjectId: "any", payload: null, at: NOW });
    await db.writer.commit({ statements: [told] });
    assertEquals(store.revision() > before, true);
  });
}

Deno.test("edge store: its revision grows when another process changes the configuration", async () => {
  await using test = await openStore();
  const { db, tenant, store } = test;
  await eventually(() => store.revision() > 0);
  const before = store.revision();
  const { write } = await createMetric(tenant, { name: "load-2", category: "cpu" }, deps);
  // As another process's are: nothing but the log tells of them.
  const statements = write.statements.map(({ tells: _untold, ...statement }) => statement);
  await db.writer.commit({ statements });
  await eventually(() => store.revision() > before);
});

Deno.test("edge store: another tenant's device is unknown", async () => {
  await using test = await openStore();
  const { tenant } = await addTenant(test.db, "rival");
  const rival = createTenantEdgeStore(test.db, tenant.tenantId, { now: () => NOW });
  assertEquals(await rival.findDevice("pump-1"), undefined);
  assertEquals(await rival.listPoints(test.device.id, ["load"], 0), []);
  rival.close();
});

Deno.test("edge store: devices share one map of metrics until one of them changes", async () => {
  await using test = await openStore();
  const { store, db, tenant, metric } = test;
  await addDevice(db, tenant, "pump-2");
  const metricsOf = async (name: string) => (await store.findDevice(name))?.metrics;
  const shared = await metricsOf("pump-1");
  assert(shared !== undefined && await metricsOf("pump-2") === shared);
  await addMetric(db, tenant, "heat");
  assert(await metricsOf("pump-1") === shared);
  assertEquals([...shared.keys()], ["load", "heat"]);
  await commit(db, updateMetric(tenant, metric.id, { maxValue: 9 }, deps));
  const next = await metricsOf("pump-1");
  assert(next !== shared && await metricsOf("pump-2") === next);
  assertEquals([next?.get("load")?.maxValue, shared.get("load")?.maxValue], [9, null]);
  store.close();
});
