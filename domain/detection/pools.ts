import type { DetectorScope } from "./detectors.ts";
import { loadDevices } from "../fleet/devices.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import { POOL_DEVICES_MAX } from "../worker/mod.ts";

/** Devices whose model others borrow until they have their own. */
export interface Pool {
  /** Name of the cohort, or id of the tenant. */
  readonly entityId: string;
  readonly deviceIds: readonly string[];
}

/**
 * The pools of a detector's fitted devices: each cohort, and the tenant where the detector watches
 * all. Devices that are named one by one lend to nobody.
 */
export async function poolsOf(
  tenant: TenantDb,
  scope: DetectorScope,
  fittedIds: readonly string[],
): Promise<Pool[]> {
  if (scope.kind === "DEVICE" || fittedIds.length === 0) return [];
  const devices = (await loadDevices(tenant, fittedIds)).filter((device) => device !== undefined);
  const cohorts = Map.groupBy(devices, ({ cohort }) => cohort);
  const pools = [...cohorts].flatMap(([cohort, members]) =>
    cohort === null ? [] : [poolOf(cohort, members.map(({ id }) => id))]
  );
  return scope.kind === "TENANT" ? [...pools, poolOf(tenant.tenantId, fittedIds)] : pools;
}

/** Some of the devices, evenly spread over all of them. */
function poolOf(entityId: string, deviceIds: readonly string[]): Pool {
  const step = Math.max(1, deviceIds.length / POOL_DEVICES_MAX);
  const count = Math.min(deviceIds.length, POOL_DEVICES_MAX);
  const chosen = Array.from({ length: count }, (_, i) => deviceIds[Math.floor(i * step)]);
  return { entityId, deviceIds: chosen };
}
