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

/** Each has a parameter, of which a statement takes 32,766. */
const POINTS_PER_STATEMENT_MAX = 5_000;

export interface PointOptions {
  /** Leave out points whose instant is stored already; else they fail the write. */
  readonly isRepeatable?: boolean;
}

/** Stores points bit for bit. */
export function pointStatements(
  points: readonly PointRow[],
  { isRepeatable = false }: PointOptions = {},
): Statement[] {
  const statements: Statement[] = [];
  for (let start = 0; start < points.length; start += POINTS_PER_STATEMENT_MAX) {
    statements.push(inserted(points.slice(start, start + POINTS_PER_STATEMENT_MAX), isRepeatable));
  }
  return statements;
}

/**
 * Values are bound, as SQLite's own reading of a decimal is off by one bit for about one number in ten
 * thousand: a series folded again from such values would not give the same bits. Whole numbers are
 * read exactly, and written out they cost least.
 */
function inserted(points: readonly PointRow[], isRepeatable: boolean): Statement {
  const rows = points.map(({ seriesId, at, isLate }) => `(${seriesId},${at},?,${isLate ? 1 : 0})`);
  const onRepeat = isRepeatable ? " on conflict (series_id, at) do nothing" : "";
  const query = rawQuery(
    `insert into telemetry_points (series_id, at, value, late) values ${rows.join(",")}${onRepeat}`,
    points.map(({ value }) => value),
  );
  return { query, rows: points.length };
}
