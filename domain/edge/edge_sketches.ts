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

/** A year and a month: a baseline sees each season once. Older windows of a series go when newer come. */
export const EDGE_SKETCHES_KEPT_MS = 396 * 86_400_000;

/** Occurrences of periods that one look-up reads: all that are kept of two edges, five a day. */
const SKETCHES_MAX = 4_000;

/**
 * Keeps the sketches of items. A window is told again when late points have changed it: the sketch of
 * more values takes the place of the other, so that what is sent twice counts once. What is older
 * than `EDGE_SKETCHES_KEPT_MS` before the newest of its series is forgotten.
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
  return [{ query, rows: rows.length }, forgotten(tenantId, items)];
}

/** By the sketches at hand alone: a series that nobody tells of any more keeps what it has. */
function forgotten(tenantId: string, items: readonly SyncItem[]): Statement {
  const newest = new Map<string, number>();
  for (const { deviceId, sketches = [] } of items) {
    for (const { metricId, from } of sketches) {
      const series = JSON.stringify([deviceId, metricId]);
      newest.set(series, Math.max(from, newest.get(series) ?? -Infinity));
    }
  }
  // The row values find their series by the primary key, so that no other row is looked at.
  const query = rawQuery(
    `delete from edge_sketches where tenant_id = ? and (device_id, metric_id) in
        (select value ->> 0, value ->> 1 from json_each(?)) and from_at < ?`,
    [
      tenantId,
      `[${[...newest.keys()].join(",")}]`,
      Math.min(...newest.values()) - EDGE_SKETCHES_KEPT_MS,
    ],
  );
  return { query, rows: 0 };
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
