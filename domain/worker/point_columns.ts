import type { HeavyReadContext } from "./heavy_read_context.ts";

export interface ReadPointsParams {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly metricIds: readonly string[];
  /** First instant, ms; the oldest point where not given. */
  readonly from?: number;
  /** Instant before which to end, ms; after the newest point where not given. */
  readonly until?: number;
}

/** Points of one series by event time, as columns: what passes between threads quickly. */
export interface PointColumns {
  readonly metricId: string;
  readonly at: Float64Array<ArrayBuffer>;
  readonly value: Float64Array<ArrayBuffer>;
}

/**
 * Points of a device in the order of the metrics that were asked for, late ones too: what was too late
 * to be judged is history all the same.
 */
export async function readPoints(
  context: HeavyReadContext,
  params: ReadPointsParams,
): Promise<PointColumns[]> {
  const columns: PointColumns[] = [];
  for (const metricId of params.metricIds) {
    columns.push(await readSeries(context, params, metricId));
    context.progress(columns.length / params.metricIds.length);
  }
  return columns;
}

async function readSeries(
  { db }: HeavyReadContext,
  { tenantId, deviceId, from = -Infinity, until = Infinity }: ReadPointsParams,
  metricId: string,
): Promise<PointColumns> {
  let query = db.selectFrom("telemetry_points as point")
    .innerJoin("series", "series.id", "point.series_id")
    .select(["point.at", "point.value"])
    .where("series.tenant_id", "=", tenantId)
    .where("series.device_id", "=", deviceId)
    .where("series.metric_id", "=", metricId)
    .orderBy("point.at");
  if (from > -Infinity) query = query.where("point.at", ">=", from);
  if (until < Infinity) query = query.where("point.at", "<", until);
  const rows = await query.execute();
  return {
    metricId,
    at: Float64Array.from(rows, ({ at }) => at),
    value: Float64Array.from(rows, ({ value }) => value),
  };
}
