import type { Page, PageRequest } from "./storage/page.ts";
import { readPage } from "./storage/page.ts";
import { findSeries } from "./series.ts";
import type { TenantDb } from "./storage/tenant_db.ts";

/** A stored point of a series. */
export interface TelemetrySample {
  /** Event time, ms. */
  readonly at: number;
  readonly value: number;
  /** 1 when it came behind the watermark: stored, not scored. */
  readonly late: number;
}

export interface TelemetryRequest extends PageRequest {
  readonly deviceId: string;
  readonly metricId: string;
  /** First instant, ms; the oldest point where not given. */
  readonly from?: number | null;
  /** Instant before which to end, ms; after the newest point where not given. */
  readonly until?: number | null;
}

/** Points of one series by event time; its key is (at). Empty for a series that does not exist. */
export async function listTelemetry(
  tenant: TenantDb,
  { deviceId, metricId, from, until, ...page }: TelemetryRequest,
): Promise<Page<TelemetrySample>> {
  const series = await findSeries(tenant, deviceId, metricId);
  // A series that is not there is asked for all the same, so that a wrong page is refused alike.
  let query = tenant.db.selectFrom("telemetry_points").select(["at", "value", "late"])
    .where("series_id", "=", series?.id ?? -1);
  if (typeof from === "number") query = query.where("at", ">=", from);
  if (typeof until === "number") query = query.where("at", "<", until);
  return readPage(query, { columns: ["at"], direction: "asc" }, page);
}
