import { assertEquals, assertRejects } from "@std/assert";
import {
  ConflictError,
  findMappingRules,
  InvalidInputError,
  type NewMappingRules,
  setMappingRules,
} from "../../../domain/mod.ts";
import { addTenant, commit, deps } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

const DROP_GO = [{ match: { name: "go_*" }, drop: true }];

Deno.test("a tenant without rules of its own makes what is unknown", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  assertEquals(await findMappingRules(tenant), {
    rules: [],
    unknown: "create",
    version: 0,
    updatedAt: null,
  });
});

Deno.test("rules are stored as they were set, replaced, and told", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const { tenant: other } = await addTenant(test.db, "another");
  const set = (input: NewMappingRules) => commit(test.db, setMappingRules(tenant, input, deps));
  const first = await set({ rules: DROP_GO, unknown: "quarantine" });
  assertEquals([first.version, first.unknown], [1, "quarantine"]);
  assertEquals(await findMappingRules(tenant), first);
  const second = await set({ rules: [], expectedVersion: 1 });
  assertEquals([second.version, second.unknown, second.rules], [2, "create", []]);
  assertEquals(await findMappingRules(tenant), second);
  assertEquals((await findMappingRules(other)).version, 0);
  const events = await test.db.events.read(tenant.tenantId, { after: 0, limit: 10 });
  assertEquals(events.map(({ type, payload }) => [type, payload]), [
    ["mapping.updated", first],
    ["mapping.updated", second],
  ] as unknown[]);
});

Deno.test("rules that cannot be taken name their field", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const bad = { rules: [{}, { device: "{" }] };
  const error = await assertRejects(() => setMappingRules(tenant, bad, deps), InvalidInputError);
  assertEquals(error.field, "rules[1].device");
});

Deno.test("rules that somebody else has changed are not replaced", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  await commit(test.db, setMappingRules(tenant, { rules: DROP_GO }, deps));
  const late = { rules: [], expectedVersion: 0 };
  await assertRejects(() => setMappingRules(tenant, late, deps), ConflictError);
  // Two that have read the same version: the later one finds its guard broken.
  const [left, right] = await Promise.all([
    setMappingRules(tenant, { rules: [] }, deps),
    setMappingRules(tenant, { rules: [] }, deps),
  ]);
  await test.db.writer.commit(left.write);
  await assertRejects(() => test.db.writer.commit(right.write));
});
