import { exactNumber, exactSql } from "../storage/exact_number.ts";
import { rawQuery } from "../storage/raw_query.ts";
import type { Statement } from "../storage/write.ts";

/** A point on its way into its series. */
export interface PointRow {
  readonly seriesId: number;
  /** Event time, ms. */
  readonly at: number;
  readonly value: number;
  readonly isLate: boolean;
}

/** Parameters of one statement are limited to 32,766; a point takes four. */
const BOUND_POINTS_PER_STATEMENT = 5_000;

const INSERT_LISTED = `insert into telemetry_points (series_id, at, value, late)
  select value ->> 0, value ->> 1, ${exactSql("value ->> 2", "(value ->> 3)")},
    ifnull(value ->> 4, 0)
  from json_each(?) where true`;

const NEWEST_LISTED = `update series set last_at = max(ifnull(last_at, newest.value ->> 1),
    newest.value ->> 1)
  from json_each(?) as newest where series.id = newest.value ->> 0`;

export interface PointOptions {
  /** Leave out points whose instant is stored already; else they fail the write. */
  readonly isRepeatable?: boolean;
}

/** Stores points bit for bit, and moves their series' newest instants. */
export function pointStatements(
  points: readonly PointRow[],
  { isRepeatable = false }: PointOptions = {},
): Statement[] {
  if (points.length === 0) return [];
  const listed: number[][] = [];
  const bound: PointRow[] = [];
  const newest = new Map<number, number>();
  for (const point of points) {
    const { seriesId, at, value, isLate } = point;
    newest.set(seriesId, Math.max(at, newest.get(seriesId) ?? at));
    const exact = exactNumber(value);
    if (!exact) bound.push(point);
    else if (isLate) listed.push([seriesId, at, exact[0], exact[1], 1]);
    else listed.push([seriesId, at, exact[0], exact[1]]);
  }
  const onRepeat = isRepeatable ? " on conflict (series_id, at) do nothing" : "";
  const statements = boundStatements(bound, onRepeat);
  if (listed.length > 0) {
    const query = rawQuery(INSERT_LISTED + onRepeat, [JSON.stringify(listed)]);
    statements.push({ query, rows: listed.length });
  }
  const moved = rawQuery(NEWEST_LISTED, [JSON.stringify([...newest])]);
  return [...statements, { query: moved, rows: newest.size }];
}

/** Values beyond what can be listed exactly; they are rare, as 1e-40 or 1e300. */
function boundStatements(points: readonly PointRow[], onRepeat: string): Statement[] {
  const statements: Statement[] = [];
  for (let start = 0; start < points.length; start += BOUND_POINTS_PER_STATEMENT) {
    const some = points.slice(start, start + BOUND_POINTS_PER_STATEMENT);
    const query = rawQuery(
      `insert into telemetry_points (series_id, at, value, late) values ` +
        some.map(() => "(?, ?, ?, ?)").join(", ") + onRepeat,
      some.flatMap(({ seriesId, at, value, isLate }) => [seriesId, at, value, isLate ? 1 : 0]),
    );
    statements.push({ query, rows: some.length });
  }
  return statements;
}
