import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  type ApiKeyChange,
  createApiKey,
  createTenant,
  type Database,
  findApiKey,
  InvalidInputError,
  listApiKeys,
  NotFoundError,
  revokeApiKey,
  type Role,
  type TenantDb,
  verifyApiKey,
} from "../../../domain/mod.ts";
import { openTestDatabase } from "../test_database.ts";

let count = 0;
const deps = {
  now: () => ++count,
  newId: () => `id ${++count}`,
  random: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
};

async function newTenant(db: Database, name: string): Promise<TenantDb> {
  const { subject, write } = await createTenant(db, { name }, deps);
  await db.writer.commit(write);
  return db.tenant(subject.id);
}

async function newKey(db: Database, tenant: TenantDb, role: Role): Promise<ApiKeyChange> {
  const change = await createApiKey(tenant, { name: "CI", role }, deps);
  await db.writer.commit(change.write);
  return change;
}

Deno.test("a key is verified to its tenant, name and role, and only its hash is stored", async () => {
  await using test = await openTestDatabase();
  const tenant = await newTenant(test.db, "Acme");
  const { secret, subject } = await newKey(test.db, tenant, "engineer");
  assertMatch(secret, /^tl_[0-9A-Za-z]{12}_[\w-]{43}$/);
  assertEquals(await verifyApiKey(test.db, secret), {
    tenantId: tenant.tenantId,
    keyId: subject.id,
    name: "CI",
    role: "engineer",
  });
  const rows = await test.db.reader.selectFrom("api_keys").selectAll().execute();
  assert(!JSON.stringify(rows).includes(secret.slice(-43)));
  assert(!JSON.stringify(subject).includes(rows[0].hash));
});

Deno.test("what is not quite the key is refused", async () => {
  await using test = await openTestDatabase();
  const tenant = await newTenant(test.db, "Acme");
  const { secret } = await newKey(test.db, tenant, "viewer");
  const swapped = secret.endsWith("A") ? "Q" : "A";
  for (
    const presented of [
      "",
      "tl_",
      secret.slice(0, -1),
      secret.slice(0, -1) + swapped,
      `${secret} `,
      `${secret}A`,
      ` ${secret}`,
      secret.toUpperCase(),
      secret.slice(3),
      `tl_${"0".repeat(12)}_${secret.slice(-43)}`,
      "tl_%".padEnd(59, "_"),
      `${secret}\n`,
    ]
  ) {
    assertEquals(await verifyApiKey(test.db, presented), undefined, JSON.stringify(presented));
  }
});

Deno.test("a revoked key is refused, stays listed, and can be revoked again", async () => {
  await using test = await openTestDatabase();
  const tenant = await newTenant(test.db, "Acme");
  const { secret, subject } = await newKey(test.db, tenant, "viewer");
  const revoked = await revokeApiKey(tenant, subject.id, deps);
  await test.db.writer.commit(revoked.write);
  assertEquals(await verifyApiKey(test.db, secret), undefined);
  assertEquals(await findApiKey(tenant, subject.id), revoked.subject);
  assertEquals((await revokeApiKey(tenant, subject.id, deps)).subject, revoked.subject);
});

Deno.test("another tenant's key can neither be found nor revoked nor listed", async () => {
  await using test = await openTestDatabase();
  const [mine, theirs] = [await newTenant(test.db, "a"), await newTenant(test.db, "b")];
  const { subject, secret } = await newKey(test.db, theirs, "admin");
  assertEquals(await findApiKey(mine, subject.id), undefined);
  await assertRejects(() => revokeApiKey(mine, subject.id, deps), NotFoundError);
  assertEquals((await listApiKeys(mine, { first: 10 })).items, []);
  assertEquals((await verifyApiKey(test.db, secret))?.tenantId, theirs.tenantId);
});

Deno.test("keys are listed newest first", async () => {
  await using test = await openTestDatabase();
  const tenant = await newTenant(test.db, "Acme");
  const first = await newKey(test.db, tenant, "viewer");
  const second = await newKey(test.db, tenant, "edge");
  const { items } = await listApiKeys(tenant, { first: 10 });
  assertEquals(items, [second.subject, first.subject]);
});

Deno.test("createApiKey() refuses an empty name and an unknown role", async () => {
  await using test = await openTestDatabase();
  const tenant = await newTenant(test.db, "Acme");
  for (const input of [{ name: "", role: "viewer" }, { name: "CI", role: "root" }] as const) {
    await assertRejects(
      () => createApiKey(tenant, { ...input, role: input.role as Role }, deps),
      InvalidInputError,
    );
  }
});
