import { findMetricByName } from "./metrics.ts";
import { findSeries, listSeriesOfMetric } from "./series.ts";
import { readChildPages } from "../storage/child_pages.ts";
import { mapPage, type Page, type PageRequest, readPage } from "../storage/page.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

/** Id that no series has. */
const NO_SERIES = -1;

/** A stored point of a series. */
export interface TelemetrySample {
  /** Event time, ms. */
  readonly at: number;
  readonly value: number;
  /** 1 when it came behind the watermark: stored, not scored. */
  readonly late: number;
}

export interface TelemetryRange extends PageRequest {
  /** First instant, ms; the oldest point where not given. */
  readonly from?: number | null;
  /** Instant before which to end, ms; after the newest point where not given. */
  readonly until?: number | null;
}

export interface TelemetryRequest extends TelemetryRange {
  readonly deviceId: string;
  readonly metricId: string;
}

const COLUMNS = ["at", "value", "late"] as const;
const BY_EVENT_TIME = { columns: ["at"], direction: "asc" } as const;

/** Points of one series by event time; its key is (at). Empty for a series that does not exist. */
export async function listTelemetry(
  tenant: TenantDb,
  { deviceId, metricId, ...range }: TelemetryRequest,
): Promise<Page<TelemetrySample>> {
  const series = await findSeries(tenant, deviceId, metricId);
  // A series that is not there is asked for all the same, so that a wrong page is refused alike.
  const query = pointsIn(tenant, range).where("series_id", "=", series?.id ?? NO_SERIES);
  return readPage(query, BY_EVENT_TIME, range);
}

/**
 * Of each device what `listTelemetry` of it and the metric of this name gives, in the order of the
 * devices; `undefined` for all when the tenant has no such metric.
 */
export async function listTelemetryOfDevices(
  tenant: TenantDb,
  deviceIds: readonly string[],
  { metric: name, ...range }: TelemetryRange & { readonly metric: string },
): Promise<(Page<TelemetrySample> | undefined)[]> {
  const metric = await findMetricByName(tenant, name);
  if (!metric) return deviceIds.map(() => undefined);
  const series = await listSeriesOfMetric(tenant, metric.id, deviceIds);
  const idOf = new Map(series.map(({ device_id, id }) => [device_id, id]));
  const children = {
    db: tenant.db,
    table: "telemetry_points",
    parent: "series_id",
    parentIds: deviceIds.map((deviceId) => idOf.get(deviceId) ?? NO_SERIES),
    columns: ["series_id", ...COLUMNS],
    key: ["series_id", "at"],
  } as const;
  const pages = await readChildPages(pointsIn(tenant, range), children, BY_EVENT_TIME, range);
  return pages.map((page) => mapPage(page, ({ at, value, late }) => ({ at, value, late })));
}

/** Points of every tenant: it is for the caller to keep to series of this one. */
function pointsIn(tenant: TenantDb, { from, until }: TelemetryRange) {
  let query = tenant.db.selectFrom("telemetry_points").select(COLUMNS);
  if (typeof from === "number") query = query.where("at", ">=", from);
  if (typeof until === "number") query = query.where("at", "<", until);
  return query;
}
