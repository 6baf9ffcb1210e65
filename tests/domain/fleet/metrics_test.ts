import { assertEquals, assertRejects } from "@std/assert";
import {
  ConflictError,
  createMetric,
  findMetric,
  findMetricByName,
  InvalidInputError,
  listMetrics,
  loadMetrics,
  loadMetricsByName,
  NotFoundError,
  updateMetric,
} from "../../../domain/mod.ts";
import { addMetric, addTenant, commit, deps } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

Deno.test("a metric is stored as it was created, and told", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const input = {
    name: "requests",
    category: "traffic",
    unit: "1",
    dataType: "counter",
    minValue: 0,
  };
  const metric = await commit(test.db, createMetric(tenant, input, deps));
  assertEquals([metric.data_type, metric.min_value, metric.max_value], ["counter", 0, null]);
  assertEquals(await findMetric(tenant, metric.id), metric);
  assertEquals(await findMetricByName(tenant, "requests"), metric);
  assertEquals((await listMetrics(tenant, { first: 10 })).items, [metric]);
  const [event] = await test.db.events.read(tenant.tenantId, { after: 0, limit: 10 });
  assertEquals([event.type, event.payload], ["metric.created", metric] as unknown[]);
});

Deno.test("a metric's bounds are changed and lifted", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const created = await addMetric(test.db, tenant, "load");
  const bounded = { minValue: 0, maxValue: 100, unit: "%" };
  const metric = await commit(test.db, updateMetric(tenant, created.id, bounded, deps));
  assertEquals([metric.min_value, metric.max_value, metric.version], [0, 100, 2]);
  const lifted = { maxValue: null, category: "memory" };
  const next = await commit(test.db, updateMetric(tenant, created.id, lifted, deps));
  assertEquals([next.min_value, next.max_value, next.category, next.unit], [
    0,
    null,
    "memory",
    "%",
  ]);
  assertEquals(await findMetric(tenant, created.id), next);
});

const wrong = [
  ["name", { name: "" }],
  ["dataType", { dataType: "histogram" }],
  ["minValue", { minValue: NaN }],
  ["maxValue", { maxValue: Infinity }],
  ["maxValue", { minValue: 2, maxValue: 1 }],
  ["category", { category: "\0" }],
] as const;

for (const [field, input] of wrong) {
  Deno.test(`a metric with ${JSON.stringify(input)} is refused for its ${field}`, async () => {
    await using test = await openTestDatabase();
    const { tenant } = await addTenant(test.db);
    const create = () => createMetric(tenant, { name: "load", ...input }, deps);
    assertEquals((await assertRejects(create, InvalidInputError)).field, field);
  });
}

Deno.test("a metric's name is unique in its tenant, and other tenants' metrics are unknown", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const rival = await addTenant(test.db, "rival");
  const own = await addMetric(test.db, tenant, "load");
  const theirs = await addMetric(test.db, rival.tenant, "load");
  await assertRejects(() => createMetric(tenant, { name: "load" }, deps), ConflictError);
  assertEquals(await loadMetrics(tenant, [theirs.id, own.id]), [undefined, own]);
  assertEquals(await loadMetricsByName(tenant, ["load", "none"]), [own]);
  await assertRejects(() => updateMetric(tenant, theirs.id, {}, deps), NotFoundError);
});
