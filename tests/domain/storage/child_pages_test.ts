import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  createTenantEdgeStore,
  InvalidInputError,
  type Keyset,
  listAnomalies,
  listAnomaliesOfDevices,
  listAnomaliesOfIncidents,
  listBaselines,
  listBaselinesOfDevices,
  listIncidents,
  listIncidentsOfDevices,
  listIncidentTimeline,
  listIncidentTimelines,
  listModels,
  listModelsOfDetectors,
  listTelemetry,
  listTelemetryOfDevices,
  type Page,
  type PageRequest,
  replaceBaselines,
  type TenantDb,
} from "../../../domain/mod.ts";
import { anomalyOf, incidentOf } from "../edge/effects_fixtures.ts";
import { addDevice, addMetric, addTenant, commit, deps, NOW } from "../fixtures.ts";
import { openTestDatabase, type TestDatabase } from "../test_database.ts";
import { addEstate } from "../../api/graphql/graphql_fixture.ts";

interface Parents {
  readonly tenant: TenantDb;
  readonly devices: readonly string[];
  readonly incidents: readonly string[];
  readonly detectors: readonly string[];
  readonly metric: { readonly id: string; readonly name: string };
}

const hexId = (number: number) => number.toString(16).padStart(32, "0");

/** A tenant with devices of 0, 1, … incidents, of 0, 1, … anomalies, many at one instant. */
async function addParents({ db }: TestDatabase, name: string, first: number): Promise<Parents> {
  const { tenant } = await addTenant(db, name);
  const metric = await addMetric(db, tenant, "load");
  const devices: string[] = [];
  const incidents: string[] = [];
  const store = createTenantEdgeStore(db, tenant.tenantId, { now: () => NOW });
  for (let number = 0; number < 5; number++) {
    const device = await addDevice(db, tenant, `pump-${number}`);
    devices.push(device.id);
    const own = Array.from({ length: number }, (_, index) => ({
      ...incidentOf(device.id),
      id: hexId(first + number * 100 + index),
      openedAt: 1_000 + Math.floor(index / 2),
    }));
    incidents.push(...own.map(({ id }) => id));
    await store.findDevice(device.external_id);
    const points = Array.from({ length: number * 3 }, (_, index) => ({
      metricId: metric.id,
      at: NOW + index,
      value: index,
      late: false,
    }));
    const anomalies = own.flatMap((incident, index) =>
      Array.from({ length: index * 2 }, (_, count) => ({
        ...anomalyOf(incident),
        id: hexId(first + 1_000_000 + number * 10_000 + index * 100 + count),
        at: 1_000 + Math.floor(count / 2),
      }))
    );
    const incidentChanges = own.flatMap((incident) => [
      { action: "CREATE" as const, at: 1_000, incident },
      { action: "CONFIRM" as const, at: 2_000, incident: { ...incident, version: 2 } },
    ]);
    const { id: deviceId } = device;
    await store.commit([{ deviceId, points, watermark: NOW, anomalies, incidentChanges }]);
    const quantiles = { p01: 1, p05: 2, p25: 3, p75: 5, p95: 6, p99: 7 };
    const stats = { count: 9, median: 4, mad: 1, mean: 4, min: 0, max: 8, quantiles };
    const fitted = Array.from({ length: number }, (_, index) => ({
      deviceId,
      metricId: metric.id,
      period: `period-${index}`,
      stats,
      validFrom: NOW,
    }));
    if (number > 0) await commit(db, replaceBaselines(tenant, deviceId, fitted, deps));
  }
  store.close();
  return { tenant, devices, incidents, detectors: [], metric };
}

interface List<T> {
  readonly parents: (of: Parents) => readonly string[];
  readonly one: (of: Parents, parent: string, page: PageRequest) => Promise<Page<T>>;
  readonly many: (
    of: Parents,
    parents: readonly string[],
    page: PageRequest,
  ) => Promise<readonly (Page<T> | undefined)[]>;
  readonly keysetOf: (item: T) => Keyset;
}

/** Keeps the type of a list's items to itself. */
const list = <T>(given: List<T>) => given as List<unknown>;

const LISTS: Readonly<Record<string, List<unknown>>> = {
  "anomalies of incidents": list({
    parents: ({ incidents }) => incidents,
    one: ({ tenant }, incidentId, page) => listAnomalies(tenant, { incidentId, ...page }),
    many: ({ tenant }, ids, page) => listAnomaliesOfIncidents(tenant, ids, page),
    keysetOf: ({ at, id }) => [at, id],
  }),
  "anomalies of devices": list({
    parents: ({ devices }) => devices,
    one: ({ tenant }, deviceId, page) => listAnomalies(tenant, { deviceId, ...page }),
    many: ({ tenant }, ids, page) => listAnomaliesOfDevices(tenant, ids, page),
    keysetOf: ({ at, id }) => [at, id],
  }),
  "incidents of devices": list({
    parents: ({ devices }) => devices,
    one: ({ tenant }, deviceId, page) => listIncidents(tenant, { deviceId, ...page }),
    many: ({ tenant }, ids, page) => listIncidentsOfDevices(tenant, ids, page),
    keysetOf: ({ opened_at, id }) => [opened_at, id],
  }),
  "timelines of incidents": list({
    parents: ({ incidents }) => incidents,
    one: ({ tenant }, id, page) => listIncidentTimeline(tenant, id, page),
    many: ({ tenant }, ids, page) => listIncidentTimelines(tenant, ids, page),
    keysetOf: ({ seq }) => [seq],
  }),
  "baselines of devices": list({
    parents: ({ devices }) => devices,
    one: ({ tenant }, deviceId, page) => listBaselines(tenant, { deviceId, ...page }),
    many: ({ tenant }, ids, page) => listBaselinesOfDevices(tenant, ids, page),
    keysetOf: ({ valid_from, id }) => [valid_from, id],
  }),
  "telemetry of devices": list({
    parents: ({ devices }) => devices,
    one: ({ tenant, metric }, deviceId, page) =>
      listTelemetry(tenant, { deviceId, metricId: metric.id, from: NOW + 1, ...page }),
    many: ({ tenant, metric }, ids, page) =>
      listTelemetryOfDevices(tenant, ids, { metric: metric.name, from: NOW + 1, ...page }),
    keysetOf: ({ at }) => [at],
  }),
};

for (const [name, { parents, one, many, keysetOf }] of Object.entries(LISTS)) {
  Deno.test(`${name}: pages that are read together are those that are read alone`, async () => {
    await using test = await openTestDatabase();
    const own = await addParents(test, "acme", 0);
    const other = await addParents(test, "rival", 10_000_000);
    // Out of order, one of them twice, and some that are another tenant's.
    const ids = [...parents(own).toReversed(), parents(own).at(-1)!, ...parents(other), "nobody"];
    const check = async (page: PageRequest) => {
      const alone = await Promise.all(ids.map((id) => one(own, id, page)));
      assertEquals(await many(own, ids, page), alone);
      return alone;
    };
    const whole = await check({ first: 100 });
    const items = whole.flatMap((page) => page.items);
    assert(items.length >= 10, `${items.length}`);
    for (const first of [1, 2, 3]) {
      await check({ first });
      for (const item of items) await check({ first, after: keysetOf(item) });
    }
    assertEquals(await many(own, [], { first: 1 }), []);
    await assertRejects(() => many(own, ids, { first: 0 }), InvalidInputError);
    await assertRejects(() => many(own, ids, { first: 1, after: [1, 2, 3] }), InvalidInputError);
  });
}

Deno.test("models of detectors: pages that are read together leave the bytes out", async () => {
  await using test = await openTestDatabase();
  const own = await addEstate(test.db, "acme");
  const other = await addEstate(test.db, "rival");
  const ids = [own.rows.Detector, other.rows.Detector];
  const page = { first: 2 };
  const alone = await Promise.all(
    ids.map((detectorId) => listModels(own.tenant, { detectorId, ...page })),
  );
  assertEquals(alone[0].items.length, 1);
  assertEquals(await listModelsOfDetectors(own.tenant, ids, page), alone);
});

Deno.test("telemetry of devices is undefined for a metric that the tenant lacks", async () => {
  await using test = await openTestDatabase();
  const { tenant, rows } = await addEstate(test.db, "acme");
  const request = { metric: "none", first: 1 };
  assertEquals(await listTelemetryOfDevices(tenant, [rows.Device], request), [undefined]);
});
