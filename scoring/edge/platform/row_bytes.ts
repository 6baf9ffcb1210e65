import type { SqlRow, SqlValue } from "../standalone/sql_database.ts";

/** A row whose blobs are bytes: some drivers give them as buffers. */
export function rowOf(row: unknown): SqlRow {
  const values = Object.entries(row as Record<string, SqlValue | ArrayBuffer>)
    .map(([name, value]) => [name, bytesOf(value)]);
  return Object.fromEntries(values);
}

function bytesOf(value: SqlValue | ArrayBuffer): SqlValue {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return value instanceof Uint8Array ? new Uint8Array(value) : value;
}
