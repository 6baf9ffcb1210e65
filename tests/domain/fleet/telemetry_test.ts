import { assertEquals } from "@std/assert";
import {
  createTenantEdgeStore,
  findSeries,
  listSeries,
  listTelemetry,
} from "../../../domain/mod.ts";
import { addDevice, addMetric, addTenant, deps } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

Deno.test("telemetry is listed between two instants, page by page, with what came late", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const device = await addDevice(test.db, tenant, "pump-1");
  const metric = await addMetric(test.db, tenant, "load");
  const ids = { deviceId: device.id, metricId: metric.id };
  assertEquals(await listTelemetry(tenant, { ...ids, first: 5 }), { items: [], hasNext: false });
  assertEquals(await findSeries(tenant, device.id, metric.id), undefined);
  const store = createTenantEdgeStore(test.db, tenant.tenantId, deps);
  await store.findDevice("pump-1");
  const points = [1, 2, 3, 4, 5].map((at) => (
    { metricId: metric.id, at, value: at / 3, late: at === 3 }
  ));
  const effects = { deviceId: device.id, watermark: 0, anomalies: [], incidentChanges: [] };
  await store.commit([{ ...effects, points }]);
  store.close();
  const list = async (request: object) => {
    const { items, hasNext } = await listTelemetry(tenant, { ...ids, first: 10, ...request });
    return [items.map(({ at }) => at), hasNext];
  };
  assertEquals(await list({}), [[1, 2, 3, 4, 5], false]);
  assertEquals(await list({ from: 2, until: 4 }), [[2, 3], false]);
  assertEquals(await list({ first: 2, after: [2] }), [[3, 4], true]);
  const { items } = await listTelemetry(tenant, { ...ids, first: 10, from: 3, until: 5 });
  assertEquals(items, [{ at: 3, value: 1, late: 1 }, { at: 4, value: 4 / 3, late: 0 }]);
  const [series] = await listSeries(tenant, [device.id]);
  assertEquals([series.metric_id, series.last_at], [metric.id, 5]);
  const rival = await addTenant(test.db, "rival");
  const theirs = await listTelemetry(rival.tenant, { ...ids, first: 10 });
  assertEquals(theirs.items, []);
});
