import type { RefusedName, WantedNames } from "../../scoring/edge/standalone/protocol.ts";
import type { ChangeDeps } from "../change.ts";
import { createDevice, findDeviceByExternalId } from "./devices.ts";
import { ConflictError, InvalidInputError, QuotaExceededError } from "../errors.ts";
import { findMappingRules } from "./mapping_rules.ts";
import {
  createdStatements,
  listKnownNames,
  type Metric,
  type NewMetric,
  newMetric,
} from "./metrics.ts";
import { quotaError, roomFor } from "../tenancy/quota.ts";
import type { Database } from "../storage/database.ts";
import { nextTurn } from "../storage/next_turn.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import { type Change, commitRebuilt } from "../storage/write.ts";

/** Devices made at once: their commits share batches, and a quota is passed by less than this. */
const DEVICES_PER_STEP = 50;

/** Metrics of one commit: some ten milliseconds, in which no other request of the process goes on. */
const METRICS_PER_COMMIT = 100;

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
  for (let from = 0; from < metrics.length; from += METRICS_PER_COMMIT) {
    const some = metrics.slice(from, from + METRICS_PER_COMMIT);
    await commitRebuilt(db.writer, () => newMetrics(tenant, some, deps, failures));
    await nextTurn();
  }
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

/** Those that do not exist, as far as there is room; `undefined` without any. */
async function newMetrics(
  tenant: TenantDb,
  metrics: readonly NewMetric[],
  deps: ChangeDeps,
  failures: Map<string, string>,
): Promise<Change<readonly Metric[]> | undefined> {
  const names = metrics.map(({ name }) => name.normalize("NFC"));
  const known = await listKnownNames(tenant, names);
  let room = await roomFor(tenant, "metric_definitions");
  const made = new Map<string, Metric>();
  for (const input of metrics) {
    try {
      const metric = newMetric(tenant, input, deps);
      if (known.has(metric.name) || made.has(metric.name)) continue;
      if (room-- <= 0) throw quotaError("metric_definitions");
      made.set(metric.name, metric);
    } catch (error) {
      const isRefusal = error instanceof QuotaExceededError || error instanceof InvalidInputError;
      if (!isRefusal) throw error;
      failures.set(input.name, error.message);
    }
  }
  if (made.size === 0) return undefined;
  const rows = [...made.values()];
  return { subject: rows, write: { statements: createdStatements(rows) } };
}

async function inSteps<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += DEVICES_PER_STEP) {
    await Promise.all(items.slice(from, from + DEVICES_PER_STEP).map(work));
  }
}
