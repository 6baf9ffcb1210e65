import type { Selectable } from "kysely";
import { closestOf, entitiesOf, listProductionRows, type ProductionRow } from "./device_profile.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

/** What is known of a stand-alone edge. */
export type Edge = Selectable<Tables["edges"]>;

/** All that an edge needs to take and judge a tenant's points. */
export interface EdgeAssignments {
  readonly tenantId: string;
  readonly clockMode: "live" | "replay";
  readonly devices: readonly AssignedDevice[];
}

export interface AssignedDevice {
  readonly deviceId: string;
  /** The tenant's own name. */
  readonly name: string;
  readonly latenessMs: number;
  readonly metrics: readonly AssignedMetric[];
  readonly assignments: readonly SignedAssignment[];
}

export interface AssignedMetric {
  readonly name: string;
  readonly metricId: string;
  readonly category: string;
  readonly minValue: number | null;
  readonly maxValue: number | null;
}

export interface SignedAssignment {
  readonly detectorId: string;
  /** The detector's name. */
  readonly detector: string;
  readonly modelId: string;
  readonly label: string;
  /** The setting as JSON, exactly the bytes that are signed. */
  readonly setting: string;
  /** Base64. */
  readonly signature: string;
}

/** By the edge's own name. */
export function findEdge(tenant: TenantDb, edgeId: string): Promise<Edge | undefined> {
  return tenant.db.selectFrom("edges").selectAll()
    .where("tenant_id", "=", tenant.tenantId).where("edge_id", "=", edgeId).executeTakeFirst();
}

/** What an edge has to take and judge: all of the tenant's devices with all that judges them. */
export async function listAssignments(tenant: TenantDb): Promise<EdgeAssignments> {
  const { tenantId } = tenant;
  const { lateness_ms: latenessMs, clock_mode } = await tenant.db.selectFrom("tenants")
    .select(["lateness_ms", "clock_mode"]).where("id", "=", tenantId).executeTakeFirstOrThrow();
  const devices = await tenant.db.selectFrom("devices").select(["id", "external_id", "cohort"])
    .where("tenant_id", "=", tenantId).orderBy("external_id").execute();
  const metrics = await listMetrics(tenant);
  const byEntity = Map.groupBy(await listProductionRows(tenant), ({ entity_id }) => entity_id);
  return {
    tenantId,
    clockMode: clock_mode === "replay" ? "replay" : "live",
    devices: devices.map((device): AssignedDevice => {
      const entities = entitiesOf(tenant, device);
      const rows = entities.flatMap((entity) => byEntity.get(entity) ?? []);
      const assignments = closestOf(rows, entities, device).map(signedAssignment);
      return { deviceId: device.id, name: device.external_id, latenessMs, metrics, assignments };
    }),
  };
}

async function listMetrics(tenant: TenantDb): Promise<AssignedMetric[]> {
  const rows = await tenant.db.selectFrom("metric_definitions")
    .select(["id", "name", "category", "min_value", "max_value"])
    .where("tenant_id", "=", tenant.tenantId).orderBy("name").execute();
  return rows.map((row) => ({
    name: row.name,
    metricId: row.id,
    category: row.category,
    minValue: row.min_value,
    maxValue: row.max_value,
  }));
}

function signedAssignment(row: ProductionRow): SignedAssignment {
  return {
    detectorId: row.detector_id,
    detector: row.name,
    modelId: row.model_id,
    label: row.label,
    setting: row.body,
    signature: new Uint8Array(row.signature).toBase64(),
  };
}
