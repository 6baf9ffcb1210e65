import { assertEquals, assertRejects } from "@std/assert";
import {
  createLabel,
  deleteLabel,
  InvalidInputError,
  labelledTimes,
  listLabels,
  loadLabels,
  type NewLabel,
  NotFoundError,
} from "../../domain/mod.ts";
import { addDevice, addTenant, commit, deps as plainDeps, NOW } from "./fixtures.ts";
import { openTestDatabase } from "./test_database.ts";

const deps = { ...plainDeps, by: "anna" };

Deno.test("a label says whose time it is, what it was and who said so", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const device = await addDevice(test.db, tenant, "pump-1");
  const input = { deviceId: device.id, from: NOW - 60, until: NOW, note: "leak" };
  const label = await commit(test.db, createLabel(tenant, input, deps));
  assertEquals(await loadLabels(tenant, ["none", label.id]), [undefined, label]);
  assertEquals([label.is_anomaly, label.note, label.created_by], [1, "leak", "anna"]);
  const normal = { ...input, from: NOW - 30, isAnomaly: false, note: null };
  const other = await commit(test.db, createLabel(tenant, normal, deps));
  assertEquals(await labelledTimes(tenant, device.id), {
    anomalous: [{ from: NOW - 60, until: NOW }],
    normal: [{ from: NOW - 30, until: NOW }],
  });
  const page = await listLabels(tenant, { deviceId: device.id, first: 10 });
  assertEquals(page.items.map(({ id }) => id), [other.id, label.id]);
});

Deno.test("a label that is deleted is no more, and not twice", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const device = await addDevice(test.db, tenant, "pump-1");
  const input = { deviceId: device.id, from: 0, until: 1 };
  const label = await commit(test.db, createLabel(tenant, input, deps));
  await commit(test.db, deleteLabel(tenant, label.id));
  assertEquals(await loadLabels(tenant, [label.id]), [undefined]);
  await assertRejects(() => deleteLabel(tenant, label.id), NotFoundError);
});

const REFUSED: readonly (readonly [what: string, field: string, Partial<NewLabel>])[] = [
  ["that ends before it begins", "to", { from: 10, until: 5 }],
  ["of no time", "to", { from: 10, until: 10 }],
  ["of a year", "to", { from: 0, until: 365 * 86_400_000 }],
  ["with a note of 1,001 characters", "note", { note: "x".repeat(1_001) }],
  ["with NUL in its note", "note", { note: "a\0b" }],
];

for (const [what, field, input] of REFUSED) {
  Deno.test(`a label ${what} is refused by its ${field}`, async () => {
    await using test = await openTestDatabase();
    const { tenant } = await addTenant(test.db);
    const device = await addDevice(test.db, tenant, "pump-1");
    const label = { deviceId: device.id, from: 0, until: 1, ...input };
    const error = await assertRejects(() => createLabel(tenant, label, deps), InvalidInputError);
    assertEquals(error.field, field);
  });
}

Deno.test("a label of another tenant's device is not made", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const { tenant: other } = await addTenant(test.db, "other");
  const device = await addDevice(test.db, other, "pump-1");
  const label = { deviceId: device.id, from: 0, until: 1 };
  await assertRejects(() => createLabel(tenant, label, deps), NotFoundError);
});
