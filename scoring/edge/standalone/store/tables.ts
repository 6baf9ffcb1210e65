import { DEVICE_OF_ITEM } from "./forget.ts";
import type { SqlDatabase } from "../sql_database.ts";

/** Each brings a file of the version before it, counted from 0, to the next. */
const STEPS: readonly (readonly string[])[] = [
  [
    `create table devices (
      name text primary key,
      device_id text not null unique,
      profile text not null
    ) without rowid`,
    "create table progress (device_id text primary key, watermark integer not null) without rowid",
    `create table points (
      device_id text not null,
      metric_id text not null,
      at integer not null,
      value real not null,
      late integer not null,
      primary key (device_id, metric_id, at)
    ) without rowid`,
    `create table incidents (
      id text primary key,
      device_id text not null,
      state text not null,
      version integer not null,
      body text not null,
      resolves text not null
    ) without rowid`,
    "create index incidents_by_device on incidents (device_id, state)",
    "create table bundles (model_id text primary key, bytes blob not null)",
    "create table outbox (seq integer primary key, bytes integer not null, body text not null)",
  ],
  [
    // Raw points lie beside the rest of their item, so that they can be dropped alone.
    "alter table outbox add column points blob",
    "alter table outbox add column point_count integer not null default 0",
    // POINTS: nothing but points; AGGREGATE: sketches; FINDING: anomalies or incidents.
    "alter table outbox add column kind text not null default 'FINDING'",
    "create index outbox_points on outbox (seq) where point_count > 0",
    "create index outbox_aggregates on outbox (seq) where kind = 'AGGREGATE'",
    `create table dead_letters (
      id integer primary key,
      at integer not null,
      code text not null,
      field text not null,
      message text not null,
      bytes integer not null,
      body text not null
    )`,
    "create table counters (name text primary key, value integer not null) without rowid",
    // The newest version of the gateway's that was heard of.
    "alter table incidents add column gateway_version integer not null default 0",
    `create table open_windows (
      device_id text not null,
      metric_id text not null,
      from_at integer not null,
      until_at integer not null,
      period text not null,
      primary key (device_id, metric_id, from_at)
    ) without rowid`,
    "create index open_windows_by_end on open_windows (device_id, until_at)",
    `create table anomaly_windows (
      device_id text primary key,
      from_at integer not null,
      until_at integer not null
    ) without rowid`,
  ],
  [
    `create table source_dead_letters (
      id integer primary key,
      source text not null,
      at integer not null,
      topic text not null,
      message_id text not null,
      code text not null,
      field text not null,
      message text not null,
      body text not null
    )`,
    "create index source_dead_letters_by_source on source_dead_letters (source, id)",
  ],
  [
    // Under two names of 36 characters a point took 105 bytes, and takes 27.
    `create table series (
      id integer primary key,
      device_id text not null,
      metric_id text not null,
      unique (device_id, metric_id)
    )`,
    "insert into series (device_id, metric_id) select distinct device_id, metric_id from points",
    "alter table points rename to named_points",
    `create table points (
      series_id integer not null,
      at integer not null,
      value real not null,
      late integer not null,
      primary key (series_id, at)
    ) without rowid`,
    `insert into points select id, at, value, late
      from series join named_points using (device_id, metric_id) order by id, at`,
    "drop table named_points",
  ],
  [
    // The newest points, until they move to their rows.
    `create table point_batches (
      id integer primary key,
      part integer not null,
      from_at integer not null,
      until_at integer not null,
      point_count integer not null,
      bytes blob not null
    )`,
    "create index point_batches_by_part on point_batches (part)",
  ],
  [
    // Whose findings wait, which may be many after a long absence.
    `create index outbox_findings on outbox (${DEVICE_OF_ITEM}) where kind = 'FINDING'`,
  ],
  [
    `create table waiting_series (
      id integer primary key,
      device text not null,
      metric text not null,
      unit text not null,
      kind text not null,
      unique (device, metric)
    )`,
    `create table waiting_points (
      series_id integer not null,
      at integer not null,
      value real not null,
      primary key (series_id, at)
    ) without rowid`,
    `create table quarantined_series (
      device text not null,
      metric text not null,
      body text not null,
      primary key (device, metric)
    ) without rowid`,
  ],
  [
    // Each device said all metrics of the tenant.
    "create table metrics (metric_id text primary key, body text not null) without rowid",
    `insert or ignore into metrics select value ->> 'metricId', value
      from devices, json_each(profile, '$.metrics')`,
    "update devices set profile = json_remove(profile, '$.metrics')",
  ],
];

/**
 * Makes the tables of a new file, and brings those of an older one up to date.
 * @throws {RangeError} When the file is of a later version.
 */
export function openTables(database: SqlDatabase): void {
  database.transaction(() => {
    database.exec(
      "create table if not exists meta (key text primary key, value text not null) without rowid",
    );
    const version = versionOf(database);
    if (version > STEPS.length) {
      throw new RangeError(
        `Cannot open edge file of version ${version}: wanted at most ${STEPS.length}`,
      );
    }
    // A full disk does not keep an edge from starting.
    if (version === STEPS.length) return;
    for (const statement of STEPS.slice(version).flat()) database.exec(statement);
    writeMeta(database, "version", String(STEPS.length));
  });
}

/** The first files did not say their version. */
function versionOf(database: SqlDatabase): number {
  const known = readMeta(database, "version");
  if (known !== undefined) return Number(known);
  return database.all("select 1 from sqlite_master where name = 'outbox'").length;
}

/** A value that survives restarts. */
export function readMeta(database: SqlDatabase, key: string): string | undefined {
  const [row] = database.all("select value from meta where key = ?", [key]);
  return row === undefined ? undefined : String(row.value);
}

export function writeMeta(database: SqlDatabase, key: string, value: string): void {
  database.run("insert or replace into meta (key, value) values (?, ?)", [key, value]);
}
