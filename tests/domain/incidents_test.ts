import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  acknowledged,
  acknowledgeIncident,
  ConflictError,
  createTenantEdgeStore,
  findAnomaly,
  findIncident,
  GuardError,
  type IncidentRow,
  incidentRow,
  listAnomalies,
  listIncidents,
  listIncidentTimeline,
  loadAnomalies,
  loadIncidents,
  NotFoundError,
  resolvedByHand,
  resolveIncident,
  toIncident,
} from "../../domain/mod.ts";
import type { Incident } from "../../scoring/incident/mod.ts";
import { anomalyOf, incidentOf } from "./edge/effects_fixtures.ts";
import { addDevice, addTenant, commit, deps, NOW } from "./fixtures.ts";
import { openTestDatabase } from "./test_database.ts";

const BY_ANN = { by: "ann", at: NOW };

/** A tenant with incidents of one device, the first opened an hour before the second, and so on. */
async function openIncidents(changes: readonly Partial<Incident>[]) {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const device = await addDevice(test.db, tenant, "pump-1");
  const store = createTenantEdgeStore(test.db, tenant.tenantId, deps);
  await store.findDevice("pump-1");
  const incidents = changes.map((change, index): Incident => {
    const openedAt = index * 3_600_000;
    return { ...incidentOf(device.id), id: `i${index}`, openedAt, lastAt: openedAt, ...change };
  });
  const anomalies = incidents.map((incident) => (
    { ...anomalyOf(incident), id: `a-${incident.id}`, at: incident.openedAt }
  ));
  const incidentChanges = incidents.map((incident) => (
    { action: "CREATE", at: incident.openedAt, incident } as const
  ));
  const effects = { deviceId: device.id, watermark: 0, points: [], anomalies, incidentChanges };
  await store.commit([effects]);
  store.close();
  return { test, db: test.db, tenant, device, incidents };
}

Deno.test("incidents are listed newest first, by state, severity, device and time", async () => {
  const { test, tenant, device } = await openIncidents([{}, { state: "OPEN" }, {
    severity: "LOW",
  }]);
  await using _ = test;
  const list = async (filter: object) =>
    (await listIncidents(tenant, { first: 10, ...filter })).items.map(({ id }) => id);
  assertEquals(await list({}), ["i2", "i1", "i0"]);
  assertEquals(await list({ first: 1, after: [3_600_000, "i1"] }), ["i0"]);
  assertEquals(await list({ states: ["OPEN", "CLOSED"] }), ["i1"]);
  assertEquals(await list({ states: [] }), []);
  assertEquals(await list({ severities: ["LOW"] }), ["i2"]);
  assertEquals(await list({ deviceId: device.id, detectorId: "d1" }), ["i2", "i1", "i0"]);
  assertEquals(await list({ deviceId: "none" }), []);
  assertEquals(await list({ from: 3_600_000, until: 7_200_000 }), ["i1"]);
});

Deno.test("anomalies are listed newest first, by incident, severity, device and time", async () => {
  const { test, tenant, device } = await openIncidents([{}, {}]);
  await using _ = test;
  const list = async (filter: object) =>
    (await listAnomalies(tenant, { first: 10, ...filter })).items.map(({ id }) => id);
  assertEquals(await list({}), ["a-i1", "a-i0"]);
  assertEquals(await list({ incidentId: "i0" }), ["a-i0"]);
  assertEquals(await list({ deviceId: device.id, detectorId: "d1" }), ["a-i1", "a-i0"]);
  assertEquals(await list({ severities: ["LOW"] }), []);
  assertEquals(await list({ from: 1, until: 3_600_001 }), ["a-i1"]);
  const [none, one] = await loadAnomalies(tenant, ["none", "a-i0"]);
  assertEquals([none, one?.detector_id], [undefined, "d1"]);
});

Deno.test("a row and the incident that it stores are the same", async () => {
  const { test, tenant, incidents: [incident] } = await openIncidents([{}]);
  await using _ = test;
  const row = (await findIncident(tenant, "i0"))!;
  assertEquals(toIncident(row), incident);
  assertEquals(incidentRow(tenant.tenantId, incident), row);
});

Deno.test("an acknowledgement is stored and told once, with who and when", async () => {
  const { test, db, tenant } = await openIncidents([{ state: "OPEN" }]);
  await using _ = test;
  const row = await commit(db, acknowledgeIncident(tenant, "i0", BY_ANN));
  assertEquals([row.acknowledged_by, row.acknowledged_at, row.version], ["ann", NOW, 2]);
  assertEquals(await findIncident(tenant, "i0"), row);
  const again = await acknowledgeIncident(tenant, "i0", { by: "bob", at: NOW });
  assertEquals([again.subject, again.write.statements.length], [row, 0]);
  const { items } = await listIncidentTimeline(tenant, "i0", { first: 10 });
  assertEquals(items.map(({ change }) => change.action), ["CREATE", "ACKNOWLEDGE"]);
  assertEquals(items[1].change.incident, toIncident(row));
});

Deno.test("a person resolves an incident unless it is over", async () => {
  const { test, db, tenant } = await openIncidents([{ state: "OPEN" }, { state: "CLOSED" }]);
  await using _ = test;
  const row = await commit(db, resolveIncident(tenant, "i0", BY_ANN));
  assertEquals([row.state, row.resolved_at, row.acknowledged_by], ["RESOLVED", NOW, "ann"]);
  assertEquals((await resolveIncident(tenant, "i0", BY_ANN)).write.statements, []);
  await assertRejects(() => resolveIncident(tenant, "i1", BY_ANN), ConflictError);
  await assertRejects(() => resolveIncident(tenant, "none", BY_ANN), NotFoundError);
  const closed = (await findIncident(tenant, "i1"))!;
  assertThrows(() => resolvedByHand(closed, BY_ANN), ConflictError);
});

Deno.test("an action on an incident that has changed since is not taken", async () => {
  const { test, db, tenant } = await openIncidents([{ state: "OPEN" }]);
  await using _ = test;
  const row = (await findIncident(tenant, "i0")) as IncidentRow;
  await commit(db, resolvedByHand(row, BY_ANN));
  const { write } = acknowledged(row, BY_ANN);
  await assertRejects(() => db.writer.commit(write), GuardError);
});

Deno.test("another tenant's incidents and anomalies are unknown", async () => {
  const { test, db } = await openIncidents([{ state: "OPEN" }]);
  await using _ = test;
  const { tenant } = await addTenant(db, "rival");
  assertEquals(await findIncident(tenant, "i0"), undefined);
  assertEquals(await loadIncidents(tenant, ["i0"]), [undefined]);
  assertEquals(await findAnomaly(tenant, "a-i0"), undefined);
  assertEquals((await listIncidents(tenant, { first: 5 })).items, []);
  assertEquals((await listIncidentTimeline(tenant, "i0", { first: 5 })).items, []);
  await assertRejects(() => acknowledgeIncident(tenant, "i0", BY_ANN), NotFoundError);
});
