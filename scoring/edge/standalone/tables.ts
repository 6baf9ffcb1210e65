import type { SqlDatabase } from "./sql_database.ts";

/** Raised with every change of the tables below. */
const VERSION = 1;

const TABLES = `
create table meta (key text primary key, value text not null) without rowid;
create table devices (
  name text primary key,
  device_id text not null unique,
  profile text not null
) without rowid;
create table progress (device_id text primary key, watermark integer not null) without rowid;
create table points (
  device_id text not null,
  metric_id text not null,
  at integer not null,
  value real not null,
  late integer not null,
  primary key (device_id, metric_id, at)
) without rowid;
create table incidents (
  id text primary key,
  device_id text not null,
  state text not null,
  version integer not null,
  body text not null,
  resolves text not null
) without rowid;
create index incidents_by_device on incidents (device_id, state);
create table bundles (model_id text primary key, bytes blob not null);
create table outbox (seq integer primary key, bytes integer not null, body text not null);
`;

/**
 * Makes the tables of a new file.
 * @throws {RangeError} When the file is of a later version.
 */
export function openTables(database: SqlDatabase): void {
  const [{ user_version: version }] = database.all("pragma user_version");
  if (version === 0) database.exec(`begin; ${TABLES} pragma user_version = ${VERSION}; commit;`);
  else if (version !== VERSION) {
    throw new RangeError(`Cannot open edge file of version ${version}: wanted ${VERSION}`);
  }
}

/** A value that survives restarts. */
export function readMeta(database: SqlDatabase, key: string): string | undefined {
  const [row] = database.all("select value from meta where key = ?", [key]);
  return row === undefined ? undefined : String(row.value);
}

export function writeMeta(database: SqlDatabase, key: string, value: string): void {
  database.run("insert or replace into meta (key, value) values (?, ?)", [key, value]);
}
