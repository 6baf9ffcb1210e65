import { QuotaExceededError } from "../errors.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

/** Devices of a tenant: what one gateway folds in real time. */
export const DEVICES_MAX = 10_000;
/** Metrics of a tenant: a vocabulary that its devices share; the largest exporters tell ten thousand. */
export const METRICS_MAX = 10_000;
/** Detectors of a tenant: each judges every device of its scope. */
export const DETECTORS_MAX = 200;
/** Labels of a tenant: what people write by hand. */
export const LABELS_MAX = 100_000;
/** Jobs of a tenant that wait or run: more would only wait longer. */
export const UNFINISHED_JOBS_MAX = 100;

const QUOTAS = {
  devices: { name: "DEVICES_MAX", limit: DEVICES_MAX },
  metric_definitions: { name: "METRICS_MAX", limit: METRICS_MAX },
  labels: { name: "LABELS_MAX", limit: LABELS_MAX },
  detectors: { name: "DETECTORS_MAX", limit: DETECTORS_MAX },
} as const;

/**
 * Refuses one more when the tenant has as many as it may have. Two at the same moment may both pass:
 * a quota bounds a tenant's weight and need not be exact.
 *
 * @throws {QuotaExceededError}
 */
export async function checkQuota(tenant: TenantDb, table: keyof typeof QUOTAS): Promise<void> {
  const { name, limit } = QUOTAS[table];
  const last = await tenant.db.selectFrom(table).select("id")
    .where("tenant_id", "=", tenant.tenantId).limit(1).offset(limit - 1).executeTakeFirst();
  if (last) throw quotaExceeded(name, limit);
}

/** How many more the tenant may have of what has a quota; as inexact as `checkQuota`. */
export async function roomFor(tenant: TenantDb, table: keyof typeof QUOTAS): Promise<number> {
  const { count } = await tenant.db.selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("tenant_id", "=", tenant.tenantId).executeTakeFirstOrThrow();
  return Math.max(0, QUOTAS[table].limit - count);
}

/** The error of a quota that has no room. */
export function quotaError(table: keyof typeof QUOTAS): QuotaExceededError {
  const { name, limit } = QUOTAS[table];
  return quotaExceeded(name, limit);
}

/** The error that a full quota is answered with. */
export function quotaExceeded(name: string, limit: number): QuotaExceededError {
  const said = `Cannot add another as the tenant has ${limit}, the most that ${name} allows`;
  return new QuotaExceededError(name, limit, said);
}
