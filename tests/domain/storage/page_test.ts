import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { InvalidInputError, type Keyset, listDevices, PAGE_SIZE_MAX } from "../../../domain/mod.ts";
import { addDevice, addTenant } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

Deno.test("pages of any size put together are the whole list, in its order", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const names = ["b", "a", "ä", "B", "10", "9", "é", "zz", "z z"];
  for (const name of names) await addDevice(test.db, tenant, name);
  const whole = (await listDevices(tenant, { first: 100 })).items;
  assertEquals(whole.map(({ external_id }) => external_id), names.toSorted());
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (first) => {
    const seen = [];
    let after: Keyset | undefined;
    for (let hasNext = true; hasNext;) {
      const page = await listDevices(tenant, { first, after });
      seen.push(...page.items);
      const last = page.items[page.items.length - 1];
      after = [last.external_id, last.id];
      hasNext = page.hasNext;
    }
    assertEquals(seen, whole as typeof seen);
  });
  await fc.assert(property, { numRuns: 12, seed: 1 });
});

Deno.test("a page begins after its key also when that row is gone or was never there", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  for (const name of ["a", "c"]) await addDevice(test.db, tenant, name);
  const { items } = await listDevices(tenant, { first: 5, after: ["b", ""] });
  assertEquals(items.map(({ external_id }) => external_id), ["c"]);
});

for (const first of [0, -1, 1.5, NaN, Infinity, PAGE_SIZE_MAX + 1, 2 ** 31]) {
  Deno.test(`a page of ${first} rows is refused with its limit`, async () => {
    await using test = await openTestDatabase();
    const { tenant } = await addTenant(test.db);
    const error = await assertRejects(() => listDevices(tenant, { first }), InvalidInputError);
    assertEquals([error.field, error.limit], ["first", PAGE_SIZE_MAX]);
  });
}

Deno.test("a key of another list is refused", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const wrong = () => listDevices(tenant, { first: 1, after: [1, 2, 3] });
  assertEquals((await assertRejects(wrong, InvalidInputError)).field, "after");
});
