import type { EventType, TenantDb } from "../../domain/mod.ts";

/** After what the rows that a stream knows may be no longer true. */
export const ROW_CHANGES: readonly EventType[] = [
  "device.created",
  "device.updated",
  "detector.created",
  "detector.updated",
];

/** Rows that one stream remembers of each kind; past it, it forgets all of the kind. */
export const KNOWN_ROWS_MAX = 1_000;

/** Reads rows in the order of their ids, `undefined` where the tenant has none. */
export type LoadRows<T> = (
  tenant: TenantDb,
  ids: readonly string[],
) => Promise<(T | undefined)[]>;

/** Rows by their ids, by how they were loaded. */
export type KnownRows = Map<LoadRows<unknown>, Map<string, unknown>>;

/** Whoever reads: of a tenant, and a stream where it remembers rows. */
interface Reader {
  readonly tenant: TenantDb;
  readonly stream: { readonly knownRows?: KnownRows };
}

/**
 * Devices or detectors by their ids. A stream reads each but once until the log tells of a change,
 * which it meets before any later event: so what is told with an event is never older than it. Any
 * other request reads them each time.
 */
export async function loadKnown<T>(
  { tenant, stream }: Reader,
  ids: readonly string[],
  load: LoadRows<T>,
): Promise<(T | undefined)[]> {
  if (stream.knownRows === undefined) return await load(tenant, ids);
  const rows = rowsOf(stream.knownRows, load);
  const missing = ids.filter((id) => !rows.has(id));
  if (missing.length === 0) return ids.map((id) => rows.get(id));
  if (rows.size + missing.length > KNOWN_ROWS_MAX) rows.clear();
  const all = await load(tenant, ids);
  ids.forEach((id, index) => rows.set(id, all[index]));
  return all;
}

function rowsOf<T>(known: KnownRows, load: LoadRows<T>): Map<string, T | undefined> {
  const rows = known.get(load) ?? new Map<string, unknown>();
  known.set(load, rows);
  return rows as Map<string, T | undefined>;
}
