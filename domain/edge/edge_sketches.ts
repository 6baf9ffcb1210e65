import type { Selectable } from "kysely";
import type { SyncItem } from "../../scoring/edge/standalone/protocol.ts";
import { parseSketch } from "../../scoring/sketch/mod.ts";
import { rawQuery } from "../storage/raw_query.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Statement } from "../storage/write.ts";

/** What an edge has seen of a metric in one occurrence of a period, in place of its points. */
export type EdgeSketch = Selectable<Tables["edge_sketches"]>;

export interface EdgeSketchFilter {
  readonly deviceId: string;
  readonly metricId: string;
  /** Windows that begin at or after it, ms; may be −∞. */
  readonly from: number;
  /** Windows that begin before it, ms; may be ∞. */
  readonly until: number;
}

/** Occurrences of periods that one look-up reads: two years of five a day. */
const SKETCHES_MAX = 4_000;

/**
 * Keeps the sketches of items. A window is told again when late points have changed it: the sketch of
 * more values takes the place of the other, so that what is sent twice counts once.
 */
export function sketchStatements(
  tenantId: string,
  edgeId: string,
  items: readonly SyncItem[],
  at: number,
): Statement[] {
  const rows = items.flatMap(({ deviceId, sketches = [] }) =>
    sketches.map(({ metricId, from, until, period, sketch }) => [
      deviceId,
      metricId,
      from,
      until,
      period,
      parseSketch(sketch).count,
      sketch,
    ])
  );
  if (rows.length === 0) return [];
  const query = rawQuery(
    `insert into edge_sketches (tenant_id, edge_id, updated_at,
        device_id, metric_id, from_at, until_at, period, count, sketch)
      select ?, ?, ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,
        value ->> 5, value ->> 6 from json_each(?) where true order by key
      on conflict (tenant_id, device_id, metric_id, from_at, edge_id) do update set
        until_at = excluded.until_at, period = excluded.period, count = excluded.count,
        sketch = excluded.sketch, updated_at = excluded.updated_at
        where excluded.count > count`,
    [tenantId, edgeId, at, JSON.stringify(rows)],
  );
  return [{ query, rows: rows.length }];
}

/** The windows of a series, the oldest first, of all edges that have seen it; the newest where there are more. */
export async function listEdgeSketches(
  tenant: TenantDb,
  { deviceId, metricId, from, until }: EdgeSketchFilter,
): Promise<EdgeSketch[]> {
  let query = tenant.db.selectFrom("edge_sketches").selectAll()
    .where("tenant_id", "=", tenant.tenantId).where("device_id", "=", deviceId)
    .where("metric_id", "=", metricId)
    .orderBy("from_at", "desc").orderBy("edge_id", "desc").limit(SKETCHES_MAX);
  if (from > -Infinity) query = query.where("from_at", ">=", from);
  if (until < Infinity) query = query.where("from_at", "<", until);
  return (await query.execute()).reverse();
}
