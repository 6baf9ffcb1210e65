import { assertEquals, assertRejects } from "@std/assert";
import {
  ConflictError,
  createDevice,
  DEVICES_MAX,
  findDevice,
  findDeviceByExternalId,
  GuardError,
  InvalidInputError,
  listDevices,
  loadDevices,
  NotFoundError,
  QuotaExceededError,
  updateDevice,
} from "../../../domain/mod.ts";
import { rawQuery } from "../../../domain/storage/raw_query.ts";
import { addDevice, addTenant, commit, deps, NOW } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

Deno.test("a device is stored as it was created, and told", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const metadata = { floor: 3 };
  const input = { externalId: "pump-1", cohort: "pumps", timeZone: "Europe/Berlin", metadata };
  const device = await commit(test.db, createDevice(tenant, input, deps));
  assertEquals([device.name, device.source, device.version], ["pump-1", "api", 1]);
  assertEquals(await findDevice(tenant, device.id), device);
  assertEquals(await findDeviceByExternalId(tenant, "pump-1"), device);
  const [event] = await test.db.events.read(tenant.tenantId, { after: 0, limit: 10 });
  assertEquals([event.type, event.subjectId, event.at], ["device.created", device.id, NOW]);
  assertEquals(event.payload as unknown, device);
});

Deno.test("a device's name is taken in any of its spellings", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  await addDevice(test.db, tenant, "caf\u00e9");
  const again = () => createDevice(tenant, { externalId: "cafe\u0301" }, deps);
  assertEquals((await assertRejects(again, ConflictError)).field, "externalId");
});

Deno.test("of two devices of one name at the same moment one is made", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const first = await createDevice(tenant, { externalId: "pump-1" }, deps);
  const second = await createDevice(tenant, { externalId: "pump-1" }, deps);
  await test.db.writer.commit(first.write);
  await assertRejects(() => test.db.writer.commit(second.write), GuardError);
  assertEquals((await listDevices(tenant, { first: 10 })).items, [first.subject]);
});

Deno.test("an update changes what it names, and only the version that it was made from", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const input = { externalId: "pump-1", cohort: "pumps", timeZone: "Europe/Berlin" };
  const device = await commit(test.db, createDevice(tenant, input, deps));
  const stale = await updateDevice(tenant, device.id, { name: "stale" }, deps);
  const patch = { name: "Pump 1", timeZone: null, expectedVersion: 1 };
  const updated = await commit(test.db, updateDevice(tenant, device.id, patch, deps));
  assertEquals(updated, { ...device, name: "Pump 1", time_zone: null, version: 2 });
  assertEquals(await findDevice(tenant, device.id), updated);
  await assertRejects(() => test.db.writer.commit(stale.write), GuardError);
  await assertRejects(() => updateDevice(tenant, device.id, patch, deps), ConflictError);
  await assertRejects(() => updateDevice(tenant, "none", {}, deps), NotFoundError);
  const wrong = { timeZone: "nowhere" };
  await assertRejects(() => updateDevice(tenant, device.id, wrong, deps), InvalidInputError);
});

Deno.test("devices are listed by cohort", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  for (const [externalId, cohort] of [["a", "x"], ["b", "y"], ["c", "x"]]) {
    await commit(test.db, createDevice(tenant, { externalId, cohort }, deps));
  }
  const { items, hasNext } = await listDevices(tenant, { first: 10, cohort: "x" });
  assertEquals([items.map(({ external_id }) => external_id), hasNext], [["a", "c"], false]);
});

Deno.test("devices are loaded in the order of their ids, and none of another tenant", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const rival = await addTenant(test.db, "rival");
  const a = await addDevice(test.db, tenant, "a");
  const b = await addDevice(test.db, tenant, "b");
  const theirs = await addDevice(test.db, rival.tenant, "a");
  const ids = [b.id, theirs.id, a.id, "none", b.id];
  assertEquals(await loadDevices(tenant, ids), [b, undefined, a, undefined, b]);
  assertEquals(await findDevice(tenant, theirs.id), undefined);
  await assertRejects(() => updateDevice(tenant, theirs.id, {}, deps), NotFoundError);
});

Deno.test("a tenant has a limited number of devices", async () => {
  await using test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const query = rawQuery(
    `insert into devices
      select 'd' || value, ?, 'd' || value, '', 'api', null, null, '{}', 0, 1
      from generate_series(1, ?)`,
    [tenant.tenantId, DEVICES_MAX],
  );
  await test.db.writer.commit({ statements: [{ query }] });
  const over = () => createDevice(tenant, { externalId: "one-more" }, deps);
  const error = await assertRejects(over, QuotaExceededError);
  assertEquals([error.quota, error.limit], ["DEVICES_MAX", DEVICES_MAX]);
});
