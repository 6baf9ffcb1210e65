import { sql } from "kysely";
import { type Detector, isInScope, listDetectors } from "./detectors.ts";
import type { Device } from "../fleet/devices.ts";
import { closestOf, entitiesOf, listProductionRows } from "../edge/device_profile.ts";
import { DETECTORS_MAX } from "../tenancy/quota.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

const DAY_MS = 86_400_000;

/** A model of its own is worth trusting in full after this many days. */
export const LEARNING_DAYS = 30;

/**
 * How a detector watches a device: not yet, by a model of its cohort or tenant, or by a model of the
 * device's own.
 */
export type WatchState = "LEARNING" | "BORROWED" | "OWN";

export interface Watch {
  readonly detector: Detector;
  readonly state: WatchState;
  /** Whose model judges: id of the device or tenant, or name of the cohort. */
  readonly entityId: string | null;
  readonly modelId: string | null;
  /** Whole days between the device's oldest and newest point, at most `LEARNING_DAYS`. */
  readonly learnedDays: number;
}

/** What watches a device, and how much it knows of it. */
export async function listWatches(tenant: TenantDb, device: Device): Promise<Watch[]> {
  const { items } = await listDetectors(tenant, { first: DETECTORS_MAX });
  const detectors = items.filter(({ scope, enabled }) => enabled === 1 && isInScope(scope, device));
  if (detectors.length === 0) return [];
  const entities = entitiesOf(tenant, device);
  const rows = closestOf(await listProductionRows(tenant, entities), entities, device);
  const learnedDays = await knownDays(tenant, device.id);
  return detectors.map((detector) => {
    const row = rows.find(({ detector_id }) => detector_id === detector.id);
    return {
      detector,
      state: row === undefined ? "LEARNING" : row.entity_id === device.id ? "OWN" : "BORROWED",
      entityId: row?.entity_id ?? null,
      modelId: row?.model_id ?? null,
      learnedDays,
    };
  });
}

async function knownDays(tenant: TenantDb, deviceId: string): Promise<number> {
  const { oldest, newest } = await tenant.db.selectFrom("series")
    .select([
      // Points are clustered by series and instant: either end is one step away.
      sql<number | null>`min((select min(at) from telemetry_points where series_id = series.id))`
        .as("oldest"),
      sql<number | null>`max((select max(at) from telemetry_points where series_id = series.id))`
        .as("newest"),
    ])
    .where("tenant_id", "=", tenant.tenantId).where("device_id", "=", deviceId)
    .executeTakeFirstOrThrow();
  if (oldest === null || newest === null) return 0;
  return Math.min(LEARNING_DAYS, Math.floor((newest - oldest) / DAY_MS));
}
