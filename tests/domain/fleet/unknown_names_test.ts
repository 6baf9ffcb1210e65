import { assert, assertEquals } from "@std/assert";
import {
  createUnknownNames,
  findDeviceByExternalId,
  findMetricByName,
  listDevices,
  listMetrics,
  METRICS_MAX,
} from "../../../domain/mod.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import { addDevice, addMetric, addTenant, deps } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

Deno.test("names that exist stay as they are, others are made", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const device = await addDevice(test.db, tenant, "a");
  const metric = await addMetric(test.db, tenant, "cpu");
  const names = {
    devices: ["a", "b"],
    metrics: [{ name: "cpu", dataType: "counter" }, {
      name: "io",
      unit: "By",
      dataType: "counter",
    }],
  };
  assertEquals(await createUnknownNames(test.db, tenant, names, deps), new Map());
  assertEquals(await findDeviceByExternalId(tenant, "a"), device);
  assertEquals((await findDeviceByExternalId(tenant, "b"))?.source, "sender");
  assertEquals(await findMetricByName(tenant, "cpu"), metric);
  const made = await findMetricByName(tenant, "io");
  assertEquals([made?.unit, made?.data_type], ["By", "counter"]);
});

Deno.test("two senders that bring the same names at once make them once", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const names = { devices: ["a", "b"], metrics: [{ name: "cpu" }, { name: "io" }] };
  const failures = await Promise.all(
    Array.from({ length: 5 }, () => createUnknownNames(test.db, tenant, names, deps)),
  );
  assert(failures.every(({ size }) => size === 0));
  assertEquals((await listDevices(tenant, { first: 10 })).items.length, 2);
  assertEquals((await listMetrics(tenant, { first: 10 })).items.length, 2);
});

Deno.test("what a tenant may not have, or cannot be named, is told by name", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const query = rawQuery(
    `with recursive number(n) as (select 1 union all select n + 1 from number where n < ?)
      insert into metric_definitions
        select 'id-' || n, ?, 'metric-' || n, 'system', '', 'gauge', 0, null, null, 0, 1 from number`,
    [METRICS_MAX, tenant.tenantId],
  );
  await test.db.writer.commit({ statements: [{ query, rows: METRICS_MAX }] });
  const names = { devices: ["a\n"], metrics: [{ name: "metric-1" }, { name: "one too many" }] };
  const failures = await createUnknownNames(test.db, tenant, names, deps);
  assertEquals([...failures.keys()], ["a\n", "one too many"]);
  assert(failures.get("one too many")?.includes("METRICS_MAX"));
});
