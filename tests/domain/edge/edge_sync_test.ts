import { assertEquals, assertRejects } from "@std/assert";
import {
  acknowledgeIncident,
  applySync,
  commitRebuilt,
  createDetector,
  createTenantEdgeStore,
  findEdge,
  findIncident,
  GuardError,
  listAnomalies,
  listAssignments,
  listEdgeSketches,
  listTelemetry,
  resolveIncident,
  SyncGapError,
} from "../../../domain/mod.ts";
import type {
  EdgeReport,
  SyncItem,
  SyncRequest,
} from "../../../scoring/edge/standalone/protocol.ts";
import { EDGE_SKETCHES_KEPT_MS } from "../../../domain/edge/edge_sketches.ts";
import { serialiseSketch, sketchOf } from "../../../scoring/sketch/mod.ts";
import { anomalyOf, incidentOf } from "./effects_fixtures.ts";
import { addDevice, addMetric, addTenant, commit, deps, NOW } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";
import { testSigner } from "../test_signer.ts";

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
  const item = (at: number, more: Partial<SyncItem> = {}): SyncItem => ({
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
  assertEquals(answer?.commands?.map(({ id, state }) => [id, state]), [[suspected.id, "RESOLVED"]]);
});

Deno.test("sync: what was obeyed is not told again until something else is done", async () => {
  const { test, db, tenant, device, detector, sync, item } = await openGateway();
  await using _ = test;
  const incident = { ...incidentOf(device.id), detectorId: detector.id };
  const incidentChanges = [{ action: "CREATE", at: 1_000, incident }] as const;
  const first = await sync({ items: [item(1, { incidentChanges })] });
  const again = await sync({ firstSeq: 2, commandsTag: first?.commandsTag });
  assertEquals([first?.commands, again?.commands], [[], undefined]);
  await commit(db, acknowledgeIncident(tenant, incident.id, { by: "ann", at: NOW }));
  const acknowledged = await sync({ firstSeq: 2, commandsTag: again?.commandsTag });
  assertEquals(acknowledged?.commands?.map(({ acknowledgedBy }) => acknowledgedBy), ["ann"]);
  const obeyed = await sync({ firstSeq: 2, commandsTag: acknowledged?.commandsTag });
  assertEquals(obeyed?.commands, undefined);
});

Deno.test("sync: items that an edge has dropped leave no gap that it must close", async () => {
  const { test, sync, item, points } = await openGateway();
  await using _ = test;
  await sync({ items: [item(1)] });
  assertEquals((await sync({ firstSeq: 7, isAfterGap: true, items: [item(7)] }))?.ackSeq, 7);
  assertEquals((await sync({ firstSeq: 7, isAfterGap: true, items: [item(7)] }))?.ackSeq, 7);
  assertEquals((await sync({ firstSeq: 3, isAfterGap: true, items: [item(3)] }))?.ackSeq, 7);
  assertEquals(await points(), [1, 7]);
});

Deno.test("sync: what an edge says of itself is kept until it says something else", async () => {
  const { test, tenant, sync, item } = await openGateway();
  await using _ = test;
  const report = { version: "1", pointsDropped: 3 } as EdgeReport;
  await sync({ report });
  await sync({ items: [item(1)] });
  assertEquals((await findEdge(tenant, "edge-1", NOW))?.report, report);
});

Deno.test("sync: a sketch of more values takes the place of the one before", async () => {
  const { test, tenant, device, metric, sync, item } = await openGateway();
  await using _ = test;
  const of = (values: number[]) => ({
    metricId: metric.id,
    period: "night",
    from: 0,
    until: 100,
    sketch: serialiseSketch(sketchOf(values)),
  });
  await sync({ items: [item(1, { sketches: [of([1, 2])] })] });
  await sync({ firstSeq: 2, items: [item(2, { sketches: [of([1, 2, 3])] })] });
  await sync({ epoch: "b", items: [item(1, { sketches: [of([1, 2])] })] });
  const ids = { deviceId: device.id, metricId: metric.id };
  const kept = await listEdgeSketches(tenant, { ...ids, from: 0, until: 1 });
  assertEquals(kept.map(({ count, period, edge_id }) => [count, period, edge_id]), [
    [3, "night", "edge-1"],
  ]);
});

Deno.test("sync: sketches far behind the newest of their series are forgotten, no other's", async () => {
  const { test, tenant, device, metric, sync, item } = await openGateway();
  await using _ = test;
  const other = await addMetric(test.db, tenant, "heat");
  const of = (metricId: string, from: number) => ({
    metricId,
    period: "night",
    from,
    until: from + 100,
    sketch: serialiseSketch(sketchOf([from])),
  });
  const kept = async ({ id: metricId }: { id: string }) => {
    const filter = { deviceId: device.id, metricId, from: -Infinity, until: Infinity };
    return (await listEdgeSketches(tenant, filter)).map(({ from_at }) => from_at);
  };
  const old = [0, 1_000].map((from) => of(metric.id, from));
  await sync({ items: [item(1, { sketches: [...old, of(other.id, 0)] })] });
  const newest = 1_000 + EDGE_SKETCHES_KEPT_MS;
  await sync({ firstSeq: 2, items: [item(2, { sketches: [of(metric.id, newest)] })] });
  assertEquals(await kept(metric), [1_000, newest]);
  assertEquals(await kept(other), [0]);
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
  const { test, db, device, metric, sync, item, points } = await openGateway();
  await using _ = test;
  const rival = await addTenant(db, "rival");
  const other = await addDevice(db, rival.tenant, "pump-1");
  const load = await addMetric(db, rival.tenant, "load");
  const point = { metricId: load.id, at: 1, value: 1, late: false };
  const changes = [{ action: "CREATE", at: 1, incident: incidentOf(device.id) }] as const;
  const wrongs = [{ deviceId: other.id }, { points: [point] }, { incidentChanges: changes }];
  const answer = await sync({ items: [...wrongs.map((wrong) => item(1, wrong)), item(2)] });
  assertEquals(answer?.ackSeq, 4);
  assertEquals(answer?.refused.map(({ seq, code, field }) => [seq, code, field]), [
    [1, "DEVICE_UNKNOWN", "deviceId"],
    [2, "METRIC_UNKNOWN", "metricId"],
    [3, "DETECTOR_UNKNOWN", "detectorId"],
  ]);
  assertEquals(await points(), [2]);
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
  const document = await listAssignments(tenant, await testSigner());
  assertEquals(document.devices.map(({ deviceId }) => deviceId), [device.id]);
  assertEquals(document.metrics?.map(({ name }) => name), ["load"]);
  assertEquals(document.devices[0].metrics, undefined);
  assertEquals(document.devices[0].latenessMs, 60_000);
  const older = await listAssignments(tenant, await testSigner(), { isMetricsOnce: false });
  assertEquals([older.metrics, older.devices[0].metrics], [undefined, document.metrics]);
});
