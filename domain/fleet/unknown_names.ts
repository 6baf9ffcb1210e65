import type { RefusedName, WantedNames } from "../../scoring/edge/standalone/protocol.ts";
import type { ChangeDeps } from "../change.ts";
import { createDevice, findDeviceByExternalId } from "./devices.ts";
import { ConflictError, InvalidInputError, QuotaExceededError } from "../errors.ts";
import { findMappingRules } from "./mapping_rules.ts";
import { createMetric, loadMetricsByName, type NewMetric } from "./metrics.ts";
import type { Database } from "../storage/database.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import { type Change, commitRebuilt } from "../storage/write.ts";

/** Made at once: their commits share batches, and a quota is passed by less than this. */
const NAMES_PER_STEP = 50;

/** Names that points came under. */
export interface NewNames {
  readonly devices: readonly string[];
  readonly metrics: readonly NewMetric[];
}

/**
 * Makes those of these devices and metrics that do not exist; gives by name why one was not made.
 */
export async function createUnknownNames(
  db: Database,
  tenant: TenantDb,
  { devices, metrics }: NewNames,
  deps: ChangeDeps,
): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  const make = async (name: string, build: () => Promise<Change<unknown>>) => {
    try {
      await commitRebuilt(db.writer, build);
    } catch (error) {
      // Another request has made it meanwhile.
      if (error instanceof ConflictError) return;
      const isRefusal = error instanceof QuotaExceededError || error instanceof InvalidInputError;
      if (!isRefusal) throw error;
      failures.set(name, error.message);
    }
  };
  await inSteps(devices, async (externalId) => {
    if (await findDeviceByExternalId(tenant, externalId)) return;
    await make(externalId, () => createDevice(tenant, { externalId, source: "sender" }, deps));
  });
  const names = metrics.map(({ name }) => name);
  const known = new Set((await loadMetricsByName(tenant, names)).map(({ name }) => name));
  await inSteps(
    metrics.filter(({ name }) => !known.has(name)),
    (metric) => make(metric.name, () => createMetric(tenant, metric, deps)),
  );
  return failures;
}

/**
 * Makes names that an edge's senders have brought, as it makes those of the tenant's own senders.
 *
 * @returns Those that are not made, all of them where the tenant does not want any.
 */
export async function createWantedNames(
  db: Database,
  tenant: TenantDb,
  { devices, metrics }: WantedNames,
  deps: ChangeDeps,
): Promise<RefusedName[]> {
  const { unknown } = await findMappingRules(tenant);
  if (unknown !== "create") {
    const message = "Cannot make the name as the tenant's mapping rules do not want it";
    return [...devices, ...metrics.map(({ name }) => name)].map((name) => ({ name, message }));
  }
  const names: NewNames = {
    devices,
    metrics: metrics.map(({ name, unit, kind }) => ({ name, unit, dataType: kind })),
  };
  const failures = await createUnknownNames(db, tenant, names, deps);
  return [...failures].map(([name, message]) => ({ name, message }));
}

async function inSteps<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += NAMES_PER_STEP) {
    await Promise.all(items.slice(from, from + NAMES_PER_STEP).map(work));
  }
}
