import { assertEquals, assertRejects } from "@std/assert";
import {
  InvalidInputError,
  listRecordedChanges,
  loadRecordedChanges,
  type NewRecordedChange,
  NotFoundError,
  recordChange,
} from "../../domain/mod.ts";
import { addDevice, addTenant, commit, deps, NOW } from "./fixtures.ts";
import { openTestDatabase } from "./test_database.ts";

const DEPLOYMENT: NewRecordedChange = { kind: "deployment", summary: "v2 is out" };

Deno.test("a change is recorded as it was given, now where no instant is", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const device = await addDevice(test.db, tenant, "pump-1");
  const details = { commit: "abc" };
  const input = { ...DEPLOYMENT, deviceId: device.id, at: NOW - 5, details };
  const given = await commit(test.db, recordChange(tenant, input, deps));
  assertEquals(await loadRecordedChanges(tenant, ["none", given.id]), [undefined, given]);
  assertEquals([given.device_id, given.at, given.details], [device.id, NOW - 5, details]);
  const plain = await commit(test.db, recordChange(tenant, DEPLOYMENT, deps));
  assertEquals([plain.device_id, plain.at, plain.details], [null, NOW, {}]);
});

const REFUSED: readonly (readonly [what: string, field: string, Partial<NewRecordedChange>])[] = [
  ["without a kind", "kind", { kind: " " }],
  ["without a summary", "summary", { summary: "" }],
  ["with a summary of 1,001 characters", "summary", { summary: "x".repeat(1_001) }],
  ["with NUL", "summary", { summary: "a\0b" }],
  ["with details of 20,000 characters", "details", { details: { a: "x".repeat(20_000) } }],
  ["of tomorrow", "at", { at: NOW + 86_400_000 }],
];

for (const [what, field, input] of REFUSED) {
  Deno.test(`a change ${what} is refused by its ${field}`, async () => {
    await using test = await openTestDatabase();
    const { tenant } = await addTenant(test.db);
    const error = await assertRejects(
      () => recordChange(tenant, { ...DEPLOYMENT, ...input }, deps),
      InvalidInputError,
    );
    assertEquals(error.field, field);
  });
}

Deno.test("changes are listed newest first, of one device or within a time", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const device = await addDevice(test.db, tenant, "pump-1");
  for (const number of [1, 3, 2, 4]) {
    const deviceId = number > 2 ? device.id : null;
    const input = { ...DEPLOYMENT, summary: `${number}`, at: NOW - 10 + number, deviceId };
    await commit(test.db, recordChange(tenant, input, deps));
  }
  const list = async (filter: Parameters<typeof listRecordedChanges>[1]) =>
    (await listRecordedChanges(tenant, filter)).items.map(({ summary }) => summary).join("");
  assertEquals(await list({ first: 9 }), "4321");
  assertEquals(await list({ first: 9, deviceId: device.id }), "43");
  assertEquals(await list({ first: 9, from: NOW - 8, until: NOW - 6 }), "32");
  const { items: [newest], hasNext } = await listRecordedChanges(tenant, { first: 1 });
  assertEquals(hasNext, true);
  assertEquals(await list({ first: 2, after: [newest.at, newest.id] }), "32");
});

Deno.test("another tenant's devices and changes are unknown", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const { tenant: rival } = await addTenant(test.db, "rival");
  const { id: deviceId } = await addDevice(test.db, rival, "pump-1");
  const { id } = await commit(test.db, recordChange(rival, { ...DEPLOYMENT, deviceId }, deps));
  await assertRejects(() => recordChange(tenant, { ...DEPLOYMENT, deviceId }, deps), NotFoundError);
  assertEquals(await loadRecordedChanges(tenant, [id]), [undefined]);
  assertEquals((await listRecordedChanges(tenant, { first: 9, deviceId })).items, []);
});
