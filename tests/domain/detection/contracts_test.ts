import { assertEquals, assertRejects } from "@std/assert";
import {
  applyContract,
  createMetric,
  findMetricByName,
  InvalidInputError,
  listMetrics,
} from "../../../domain/mod.ts";
import { DEFAULT_CONTRACT } from "../../../scoring/contract/mod.ts";
import { addTenant, commit, deps } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

Deno.test("a contract bounds the metrics it names and makes those that are missing", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const { tenant: other } = await addTenant(test.db, "other");
  await commit(test.db, createMetric(tenant, { name: "cpu", unit: "%", maxValue: 7 }, deps));
  await commit(test.db, createMetric(tenant, { name: "memory_usage" }, deps));
  const metrics = await commit(test.db, applyContract(tenant, DEFAULT_CONTRACT, deps));
  assertEquals(
    metrics.map((one) => [one.name, one.min_value, one.max_value, one.version, one.unit]),
    [
      ["cpu", 0, 100, 2, "%"],
      ["memory_usage", 0, 100, 2, ""],
      ["network", 0, null, 1, ""],
    ],
  );
  assertEquals((await listMetrics(tenant, { first: 10 })).items, [...metrics]);
  assertEquals((await listMetrics(other, { first: 10 })).items, []);
});

Deno.test("a contract that holds already changes nothing", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const first = await commit(test.db, applyContract(tenant, DEFAULT_CONTRACT, deps));
  const { subject, write } = await applyContract(tenant, DEFAULT_CONTRACT, deps);
  assertEquals([subject, write.statements], [first, []]);
});

Deno.test("a range without ends lifts the bounds", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  await commit(test.db, applyContract(tenant, DEFAULT_CONTRACT, deps));
  await commit(test.db, applyContract(tenant, { columns: [{ name: "cpu" }] }, deps));
  const cpu = await findMetricByName(tenant, "cpu");
  assertEquals([cpu!.min_value, cpu!.max_value], [null, null]);
});

for (
  const { contract, field } of [
    { contract: 5, field: "contract" },
    { contract: { columns: [{ name: 5 }] }, field: "contract.columns.0.name" },
    {
      contract: { columns: [{ name: "cpu", range: { min: 0, minOpen: true } }] },
      field: "contract.columns.0.range",
    },
  ]
) {
  Deno.test(`the contract ${JSON.stringify(contract)} is refused for its ${field}`, async () => {
    await using test = await openTestDatabase();
    const { tenant } = await addTenant(test.db);
    const apply = () => applyContract(tenant, contract, deps);
    assertEquals((await assertRejects(apply, InvalidInputError)).field, field);
  });
}
