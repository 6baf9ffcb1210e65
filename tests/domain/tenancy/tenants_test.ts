import { assertEquals, assertRejects } from "@std/assert";
import {
  ConflictError,
  createTenant,
  findTenant,
  findTenantByName,
  GuardError,
  InvalidInputError,
  listTenants,
  type NewTenant,
} from "../../../domain/mod.ts";
import { SMARTBOX_CALENDAR } from "../../../scoring/time/mod.ts";
import { openTestDatabase } from "../test_database.ts";

let count = 0;
const deps = { now: () => 5, newId: () => `id ${++count}` };

Deno.test("a tenant is kept as it was created, with defaults for what was not said", async () => {
  await using test = await openTestDatabase();
  const { subject, write } = await createTenant(test.db, { name: "Acme" }, deps);
  await test.db.writer.commit(write);
  assertEquals(await findTenant(test.db, subject.id), subject);
  assertEquals(await findTenantByName(test.db, "Acme"), {
    id: subject.id,
    name: "Acme",
    tier: "standard",
    time_zone: "UTC",
    calendar: SMARTBOX_CALENDAR,
    clock_mode: "live",
    lateness_ms: 60_000,
    metadata: {},
    created_at: 5,
    version: 1,
  });
});

Deno.test("an unknown tenant is undefined", async () => {
  await using test = await openTestDatabase();
  assertEquals(await findTenant(test.db, "none"), undefined);
  assertEquals(await findTenantByName(test.db, "none"), undefined);
});

for (
  const [field, input] of [
    ["name", { name: " " }],
    ["name", { name: "a\0b" }],
    ["timeZone", { name: "a", timeZone: "Mars/Olympus" }],
    ["clockMode", { name: "a", clockMode: "fast" as "live" }],
    ["latenessMs", { name: "a", latenessMs: -1 }],
    ["latenessMs", { name: "a", latenessMs: 1.5 }],
  ] as [string, NewTenant][]
) {
  Deno.test(`createTenant() refuses ${JSON.stringify(input)} by its ${field}`, async () => {
    await using test = await openTestDatabase();
    const error = await assertRejects(
      () => createTenant(test.db, input, deps),
      InvalidInputError,
    );
    assertEquals(error.field, field);
  });
}

Deno.test("of two tenants of one name the second is refused", async () => {
  await using test = await openTestDatabase();
  const first = await createTenant(test.db, { name: "Acme" }, deps);
  const atTheSameTime = await createTenant(test.db, { name: "Acme" }, deps);
  await test.db.writer.commit(first.write);
  await assertRejects(() => test.db.writer.commit(atTheSameTime.write), GuardError);
  await assertRejects(() => createTenant(test.db, { name: "Acme" }, deps), ConflictError);
});

Deno.test("tenants are listed by name, page by page", async () => {
  await using test = await openTestDatabase();
  for (const name of ["c", "a", "b"]) {
    await test.db.writer.commit((await createTenant(test.db, { name }, deps)).write);
  }
  const page = await listTenants(test.db, { first: 2 });
  assertEquals(page.items.map(({ name }) => name), ["a", "b"]);
  assertEquals(page.hasNext, true);
  const [, last] = page.items;
  const rest = await listTenants(test.db, { first: 2, after: [last.name, last.id] });
  assertEquals(rest.items.map(({ name }) => name), ["c"]);
  assertEquals(rest.hasNext, false);
});
