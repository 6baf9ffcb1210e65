import {
  type ApiKey,
  createApiKey,
  createIdFactory,
  createTenant,
  type Database,
  findTenantByName,
  isExpectedError,
  listApiKeys,
  listTenants,
  type NewApiKey,
  type NewTenant,
  NotFoundError,
  type Page,
  type PageRequest,
  revokeApiKey,
  type Tenant,
  type TenantDb,
} from "../../domain/mod.ts";
import { UsageError } from "../kit/mod.ts";

/** Rows that a list is read by. */
const PAGE_SIZE = 200;

const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
const deps = { now: Date.now, newId: createIdFactory({ now: Date.now, random }), random };

/** Adds a tenant. */
export async function addTenant(database: Database, input: NewTenant): Promise<Tenant> {
  const { subject, write } = await orUsageError(() => createTenant(database, input, deps));
  await database.writer.commit(write);
  return subject;
}

/** Adds a key of a tenant; `secret` is the whole key, and nobody can read it again. */
export async function addApiKey(
  database: Database,
  tenantName: string,
  input: NewApiKey,
): Promise<{ readonly apiKey: ApiKey; readonly secret: string }> {
  const tenant = await tenantDb(database, tenantName);
  const { subject, secret, write } = await orUsageError(() => createApiKey(tenant, input, deps));
  await database.writer.commit(write);
  return { apiKey: subject, secret };
}

/** Takes a key's power, for open streams within seconds. */
export async function withdrawApiKey(
  database: Database,
  tenantName: string,
  id: string,
): Promise<ApiKey> {
  const tenant = await tenantDb(database, tenantName);
  const { subject, write } = await orUsageError(() => revokeApiKey(tenant, id, deps));
  await database.writer.commit(write);
  return subject;
}

/** Every tenant of the installation, by name. */
export async function allTenants(database: Database): Promise<Tenant[]> {
  return await allPages((page) => listTenants(database, page), (one) => [one.name, one.id]);
}

/** Every key of a tenant, newest first. */
export async function allApiKeys(database: Database, tenantName: string): Promise<ApiKey[]> {
  const tenant = await tenantDb(database, tenantName);
  return await allPages((page) => listApiKeys(tenant, page), (one) => [one.created_at, one.id]);
}

async function tenantDb(database: Database, name: string): Promise<TenantDb> {
  return await orUsageError(async () => {
    const tenant = await findTenantByName(database, name);
    if (!tenant) throw new NotFoundError("tenant", name);
    return database.tenant(tenant.id);
  });
}

/** What a caller can act on is said in a sentence, not in a stack. */
async function orUsageError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isExpectedError(error)) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function allPages<T>(
  list: (page: PageRequest) => Promise<Page<T>>,
  keysetOf: (item: T) => (string | number)[],
): Promise<T[]> {
  const items: T[] = [];
  for (let page = await list({ first: PAGE_SIZE });;) {
    items.push(...page.items);
    if (!page.hasNext) return items;
    page = await list({ first: PAGE_SIZE, after: keysetOf(page.items[page.items.length - 1]) });
  }
}
