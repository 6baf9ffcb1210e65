import type { Database } from "../../domain/mod.ts";
import { createDevice, type Device } from "../../domain/fleet/devices.ts";
import { createMetric, type Metric } from "../../domain/fleet/metrics.ts";
import { createIdFactory } from "../../domain/id.ts";
import { createTenant, type NewTenant, type Tenant } from "../../domain/tenancy/tenants.ts";
import type { Change, TenantDb } from "../../domain/mod.ts";

/** A clock of the tests, far from any real one: 2026-01-05 is a Monday. */
export const NOW = Date.UTC(2026, 0, 5, 12);

export const deps = {
  now: () => NOW,
  newId: createIdFactory({ now: () => NOW, random: (bytes) => crypto.getRandomValues(bytes) }),
};

/** Commits a change and gives its subject. */
export async function commit<T>(
  db: Database,
  change: Change<T> | Promise<Change<T>>,
): Promise<T> {
  const { subject, write } = await change;
  await db.writer.commit(write);
  return subject;
}

/** A tenant of that name. */
export async function addTenant(
  db: Database,
  name = "acme",
  input: Partial<NewTenant> = {},
): Promise<{ row: Tenant; tenant: TenantDb }> {
  const row = await commit(db, createTenant(db, { ...input, name }, deps));
  return { row, tenant: db.tenant(row.id) };
}

export function addDevice(
  db: Database,
  tenant: TenantDb,
  externalId: string,
  more: { readonly cohort?: string } = {},
): Promise<Device> {
  return commit(db, createDevice(tenant, { externalId, ...more }, deps));
}

export function addMetric(db: Database, tenant: TenantDb, name: string): Promise<Metric> {
  return commit(db, createMetric(tenant, { name, category: "cpu" }, deps));
}

/** Waits until it holds; fails after ten seconds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("It did not hold within ten seconds");
}
