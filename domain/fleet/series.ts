import { type Selectable, sql } from "kysely";
import { listed } from "../storage/build.ts";
import { nextTurn } from "../storage/next_turn.ts";
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

/** A series without what would have to be looked for. */
export type SeriesId = Pick<Series, "id" | "device_id" | "metric_id">;

/** Ids of all series of these devices, in no order. */
export function listSeriesIds(
  tenant: TenantDb,
  deviceIds: readonly string[],
): Promise<SeriesId[]> {
  return tenant.db.selectFrom("series").select(["id", "device_id", "metric_id"])
    .where("tenant_id", "=", tenant.tenantId).where("device_id", "in", listed(deviceIds)).execute();
}

/** Series read at once: each is a step of its own, and other work of the process waits. */
const SERIES_PER_READ = 1_000;

/** All series of a device, each with its newest instant. */
export async function* newestOfSeries(tenant: TenantDb, deviceId: string) {
  for (let after = "";;) {
    const rows = await seriesOf(tenant).where("device_id", "=", deviceId)
      .where("metric_id", ">", after).orderBy("metric_id").limit(SERIES_PER_READ).execute();
    yield* rows;
    if (rows.length < SERIES_PER_READ) return;
    after = rows[rows.length - 1].metric_id;
    await nextTurn();
  }
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
 * Makes those series that do not exist and gives the ids of all series of their devices. Their own write comes
 * before the points' one: a series without points is harmless, and points need its id.
 */
export async function ensureSeries(
  tenant: TenantDb,
  writer: Writer,
  keys: readonly SeriesKey[],
): Promise<SeriesId[]> {
  const query = rawQuery(
    `insert into series (tenant_id, device_id, metric_id)
      select ?, value ->> 0, value ->> 1 from json_each(?) where true
      on conflict (tenant_id, device_id, metric_id) do nothing`,
    [tenant.tenantId, JSON.stringify(keys)],
  );
  await writer.commit({ statements: [{ query, rows: keys.length }] });
  return await listSeriesIds(tenant, [...new Set(keys.map(([deviceId]) => deviceId))]);
}

function seriesOf(tenant: TenantDb) {
  return tenant.db.selectFrom("series")
    .select(["id", "tenant_id", "device_id", "metric_id", NEWEST_AT.as("last_at")])
    .where("tenant_id", "=", tenant.tenantId);
}
