import { assertEquals, assertRejects } from "@std/assert";
import {
  applySync,
  commitRebuilt,
  createDetector,
  createTenantEdgeStore,
  findEdge,
  findIncident,
  GuardError,
  InvalidInputError,
  listAnomalies,
  listAssignments,
  listTelemetry,
  resolveIncident,
  SyncGapError,
} from "../../../domain/mod.ts";
import type { SyncRequest } from "../../../scoring/edge/standalone/protocol.ts";
import type { DeviceEffects } from "../../../scoring/pipeline/mod.ts";
import { anomalyOf, incidentOf } from "./effects_fixtures.ts";
import { addDevice, addMetric, addTenant, commit, deps, NOW } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

async function openGateway() {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const device = await addDevice(test.db, tenant, "pump-1");
  const metric = await addMetric(test.db, tenant, "load");
  const input = { name: "loads", scope: { kind: "TENANT" }, metrics: ["load"] } as const;
  const detector = await commit(test.db, createDetector(tenant, input, deps));
  const syncDeps = { now: deps.now, writer: test.db.writer };
  const sync = (request: Partial<SyncRequest>) => {
    const whole = { edgeId: "edge-1", epoch: "a", firstSeq: 1, items: [], ...request };
    return commitRebuilt(test.db.writer, () => applySync(tenant, whole, syncDeps));
  };
  const item = (at: number, more: Partial<DeviceEffects> = {}): DeviceEffects => ({
    deviceId: device.id,
    points: [{ metricId: metric.id, at, value: at / 7, late: false }],
    watermark: at - 100,
    anomalies: [],
    incidentChanges: [],
    ...more,
  });
  const points = async () => {
    const ids = { deviceId: device.id, metricId: metric.id };
    return (await listTelemetry(tenant, { ...ids, first: 100 })).items.map(({ at }) => at);
  };
  return { test, db: test.db, tenant, device, metric, detector, sync, item, points };
}

Deno.test("sync: items are stored once, however often they are sent", async () => {
  const { test, tenant, sync, item, points } = await openGateway();
  await using _ = test;
  assertEquals((await sync({ items: [item(1), item(2)] }))?.ackSeq, 2);
  assertEquals((await sync({ items: [item(1), item(2)] }))?.ackSeq, 2);
  assertEquals((await sync({ firstSeq: 2, items: [item(2), item(3)] }))?.ackSeq, 3);
  assertEquals((await sync({ firstSeq: 4 }))?.ackSeq, 3);
  assertEquals(await points(), [1, 2, 3]);
  assertEquals((await findEdge(tenant, "edge-1", NOW))?.ack_seq, 3);
});

Deno.test("sync: a gap is refused and names the item that is wanted", async () => {
  const { test, sync, item, points } = await openGateway();
  await using _ = test;
  await sync({ items: [item(1)] });
  const gap = await assertRejects(() => sync({ firstSeq: 3, items: [item(3)] }), SyncGapError);
  assertEquals(gap.wantedSeq, 2);
  const fresh = { epoch: "b", firstSeq: 2, items: [item(4)] };
  assertEquals((await assertRejects(() => sync(fresh), SyncGapError)).wantedSeq, 1);
  assertEquals(await points(), [1]);
});

Deno.test("sync: a new epoch starts at 1, and what it repeats is not doubled", async () => {
  const { test, db, tenant, device, detector, sync, item, points } = await openGateway();
  await using _ = test;
  const incident = { ...incidentOf(device.id), detectorId: detector.id };
  const more = {
    anomalies: [anomalyOf(incident)],
    incidentChanges: [{ action: "CREATE", at: 1_000, incident }] as const,
  };
  await sync({ items: [item(1, more)] });
  assertEquals((await sync({ epoch: "b", items: [item(1, more), item(2)] }))?.ackSeq, 2);
  assertEquals(await points(), [1, 2]);
  assertEquals((await listAnomalies(tenant, { first: 10 })).items.length, 1);
  const types = ["anomaly.detected", "incident.changed"] as const;
  const events = await db.events.read(tenant.tenantId, { after: 0, limit: 100, types });
  assertEquals(events.map(({ type }) => type), [...types]);
});

Deno.test("sync: what a person did comes back as a command and stays in force", async () => {
  const { test, db, tenant, device, detector, sync, item } = await openGateway();
  await using _ = test;
  const suspected = { ...incidentOf(device.id), detectorId: detector.id };
  const open = { ...suspected, state: "OPEN", anomalyCount: 2, version: 2 } as const;
  const opening = [
    { action: "CREATE", at: 1_000, incident: suspected },
    { action: "CONFIRM", at: 2_000, incident: open },
  ] as const;
  assertEquals((await sync({ items: [item(1, { incidentChanges: opening })] }))?.commands, []);
  await commit(db, resolveIncident(tenant, suspected.id, { by: "ann", at: NOW }));
  const recovering = { ...open, state: "RECOVERING", version: 3 } as const;
  const incidentChanges = [{ action: "RECOVER", at: 3_000, incident: recovering }] as const;
  const answer = await sync({ firstSeq: 2, items: [item(2, { incidentChanges })] });
  const stored = await findIncident(tenant, suspected.id);
  assertEquals([stored?.state, stored?.acknowledged_by, stored?.version], ["RESOLVED", "ann", 3]);
  assertEquals(answer?.commands.map(({ id, state }) => [id, state]), [[suspected.id, "RESOLVED"]]);
});

Deno.test("sync: two answers to one request at the same moment store its items once", async () => {
  const { test, db, tenant, item, points } = await openGateway();
  await using _ = test;
  const request = { edgeId: "edge-1", epoch: "a", firstSeq: 1, items: [item(1)] };
  const syncDeps = { now: deps.now, writer: db.writer };
  const first = await applySync(tenant, request, syncDeps);
  const second = await applySync(tenant, request, syncDeps);
  await db.writer.commit(first.write);
  await assertRejects(() => db.writer.commit(second.write), GuardError);
  assertEquals(await points(), [1]);
});

Deno.test("sync: a device, metric or detector of another tenant is unknown", async () => {
  const { test, db, device, metric, sync, item } = await openGateway();
  await using _ = test;
  const rival = await addTenant(db, "rival");
  const other = await addDevice(db, rival.tenant, "pump-1");
  const load = await addMetric(db, rival.tenant, "load");
  const point = { metricId: load.id, at: 1, value: 1, late: false };
  const changes = [{ action: "CREATE", at: 1, incident: incidentOf(device.id) }] as const;
  for (const wrong of [{ deviceId: other.id }, { points: [point] }, { incidentChanges: changes }]) {
    await assertRejects(() => sync({ items: [item(1, wrong)] }), InvalidInputError);
  }
  assertEquals(metric.tenant_id === load.tenant_id, false);
});

Deno.test("sync: the gateway's own copy of a device is stale after its edge was heard", async () => {
  const { test, db, tenant, sync, item } = await openGateway();
  await using _ = test;
  const store = createTenantEdgeStore(db, tenant.tenantId, deps);
  await store.findDevice("pump-1");
  await sync({ items: [item(500)] });
  await assertRejects(() => store.commit([item(600)]));
  assertEquals((await store.findDevice("pump-1"))?.watermark, 400);
  store.close();
});

Deno.test("assignments: all devices of the tenant with its metrics, and none of another's", async () => {
  const { test, db, tenant, device } = await openGateway();
  await using _ = test;
  const rival = await addTenant(db, "rival");
  await addDevice(db, rival.tenant, "theirs");
  const document = await listAssignments(tenant);
  assertEquals(document.devices.map(({ deviceId }) => deviceId), [device.id]);
  assertEquals(document.devices[0].metrics.map(({ name }) => name), ["load"]);
  assertEquals(document.devices[0].latenessMs, 60_000);
});
