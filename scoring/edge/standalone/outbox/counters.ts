import type { SqlDatabase } from "../sql_database.ts";

/** What an edge has counted since its file was made. */
export interface EdgeCounts {
  /** Raw points that did not fit and were dropped unsent. */
  readonly pointsDropped: number;
  /** Sketches that did not fit and were dropped unsent. */
  readonly aggregatesDropped: number;
  /** Items that the gateway refused or that were damaged: set aside. */
  readonly itemsRefused: number;
  /** Bytes of all syncs sent. */
  readonly bytesSent: number;
  /** Bytes that raw points would have taken which the forwarding policy kept here. */
  readonly bytesSaved: number;
}

const NONE: EdgeCounts = {
  pointsDropped: 0,
  aggregatesDropped: 0,
  itemsRefused: 0,
  bytesSent: 0,
  bytesSaved: 0,
};

/** Adds to a count, in the caller's transaction where there is one. */
export function addCount(database: SqlDatabase, name: keyof EdgeCounts, by: number): void {
  if (by === 0) return;
  database.run(
    `insert into counters (name, value) values (?, ?)
      on conflict (name) do update set value = value + excluded.value`,
    [name, by],
  );
}

export function readCounts(database: SqlDatabase): EdgeCounts {
  const rows = database.all("select name, value from counters");
  return { ...NONE, ...Object.fromEntries(rows.map(({ name, value }) => [name, Number(value)])) };
}
