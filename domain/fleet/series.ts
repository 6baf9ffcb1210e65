import { type Selectable, sql } from "kysely";
import { listed } from "../storage/build.ts";
import { rawQuery } from "../storage/raw_query.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Writer } from "../storage/write.ts";

/** One device × one metric; it exists from its first point on. */
export type Series = Selectable<Tables["series"]> & {
  /** Event time of the newest stored point. */
  readonly last_at: number | null;
};

/**
 * `last_at` of a row of `series`, which is no column: points are clustered by series and instant, so
 * the newest is one step away, and no write of points has to move it.
 */
export const NEWEST_AT = sql<number | null>`
  (select max(point.at) from telemetry_points as point where point.series_id = series.id)`;

/** The device and metric of a series. */
export type SeriesKey = readonly [deviceId: string, metricId: string];

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

/** The series of one metric that these devices have. */
export function listSeriesOfMetric(
  tenant: TenantDb,
  metricId: string,
  deviceIds: readonly string[],
): Promise<Series[]> {
  return seriesOf(tenant).where("metric_id", "=", metricId)
    .where("device_id", "in", listed(deviceIds)).execute();
}

/**
 * Makes those series that do not exist and gives all series of their devices. Their own write comes
 * before the points' one: a series without points is harmless, and points need its id.
 */
export async function ensureSeries(
  tenant: TenantDb,
  writer: Writer,
  keys: readonly SeriesKey[],
): Promise<Series[]> {
  const query = rawQuery(
    `insert into series (tenant_id, device_id, metric_id)
      select ?, value ->> 0, value ->> 1 from json_each(?) where true
      on conflict (tenant_id, device_id, metric_id) do nothing`,
    [tenant.tenantId, JSON.stringify(keys)],
  );
  await writer.commit({ statements: [{ query, rows: keys.length }] });
  return await listSeries(tenant, [...new Set(keys.map(([deviceId]) => deviceId))]);
}

function seriesOf(tenant: TenantDb) {
  return tenant.db.selectFrom("series")
    .select(["id", "tenant_id", "device_id", "metric_id", NEWEST_AT.as("last_at")])
    .where("tenant_id", "=", tenant.tenantId);
}
