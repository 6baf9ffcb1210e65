import type { Selectable } from "kysely";
import { listed } from "./build.ts";
import type { Tables } from "./tables.ts";
import type { TenantDb } from "./tenant_db.ts";

/** One device × one metric; it exists from its first point on. */
export type Series = Selectable<Tables["series"]>;

/** The series of a device and metric; `undefined` before its first point. */
export function findSeries(
  tenant: TenantDb,
  deviceId: string,
  metricId: string,
): Promise<Series | undefined> {
  return seriesOf(tenant).where("device_id", "=", deviceId).where("metric_id", "=", metricId)
    .executeTakeFirst();
}

/** All series of these devices, by device and metric. */
export function listSeries(tenant: TenantDb, deviceIds: readonly string[]): Promise<Series[]> {
  return seriesOf(tenant).where("device_id", "in", listed(deviceIds))
    .orderBy("device_id").orderBy("metric_id").execute();
}

function seriesOf(tenant: TenantDb) {
  return tenant.db.selectFrom("series").selectAll().where("tenant_id", "=", tenant.tenantId);
}
