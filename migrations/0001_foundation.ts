import { type Kysely, sql } from "kysely";

/**
 * All tables are STRICT: a number that lands in a text column is refused, not stored as "5.0". A row
 * that belongs to a device, metric or detector names the tenant in its foreign key, so that the
 * database itself refuses a reference into another tenant. Points and events have no foreign key:
 * they are the two hot tables, and the log outlives what it tells of.
 */
const TABLES: readonly string[] = [
  `create table tenants (
    id text primary key not null,
    name text not null unique,
    tier text not null,
    time_zone text not null,
    calendar text not null,
    clock_mode text not null check (clock_mode in ('live', 'replay')),
    lateness_ms integer not null check (lateness_ms >= 0),
    metadata text not null,
    created_at integer not null,
    version integer not null
  ) strict`,
  `create table devices (
    id text primary key not null,
    tenant_id text not null references tenants (id),
    external_id text not null,
    name text not null,
    source text not null,
    cohort text,
    time_zone text,
    metadata text not null,
    created_at integer not null,
    version integer not null,
    unique (tenant_id, external_id),
    unique (tenant_id, id)
  ) strict`,
  `create table metric_definitions (
    id text primary key not null,
    tenant_id text not null references tenants (id),
    name text not null,
    category text not null,
    unit text not null,
    data_type text not null check (data_type in ('gauge', 'counter')),
    is_standard integer not null check (is_standard in (0, 1)),
    min_value real,
    max_value real,
    created_at integer not null,
    version integer not null,
    unique (tenant_id, name),
    unique (tenant_id, id)
  ) strict`,
  `create table series (
    id integer primary key autoincrement,
    tenant_id text not null,
    device_id text not null,
    metric_id text not null,
    unique (tenant_id, device_id, metric_id),
    foreign key (tenant_id, device_id) references devices (tenant_id, id),
    foreign key (tenant_id, metric_id) references metric_definitions (tenant_id, id)
  ) strict`,
  `create table telemetry_points (
    series_id integer not null,
    at integer not null,
    value real not null,
    late integer not null check (late in (0, 1)),
    primary key (series_id, at)
  ) strict, without rowid`,
  `create table progress (
    device_id text primary key not null,
    tenant_id text not null,
    watermark integer not null,
    updated_at integer not null,
    version integer not null,
    foreign key (tenant_id, device_id) references devices (tenant_id, id)
  ) strict, without rowid`,
  `create table detectors (
    id text primary key not null,
    tenant_id text not null references tenants (id),
    name text not null,
    scope text not null,
    feature_plan text not null,
    algorithm text not null,
    parameters text not null,
    threshold_mode text not null,
    contamination real not null,
    severity_profile text not null,
    incident_policy text not null,
    enabled integer not null check (enabled in (0, 1)),
    created_at integer not null,
    version integer not null,
    unique (tenant_id, name),
    unique (tenant_id, id)
  ) strict`,
  `create table models (
    id text not null,
    tenant_id text not null,
    detector_id text not null,
    entity_id text not null,
    label text not null,
    summary text not null,
    created_at integer not null,
    bundle blob not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, detector_id) references detectors (tenant_id, id)
  ) strict`,
  `create table model_aliases (
    tenant_id text not null,
    detector_id text not null,
    entity_id text not null,
    alias text not null,
    model_id text not null,
    updated_at integer not null,
    primary key (tenant_id, detector_id, entity_id, alias),
    foreign key (tenant_id, model_id) references models (tenant_id, id)
  ) strict, without rowid`,
  `create table settings (
    tenant_id text not null,
    detector_id text not null,
    entity_id text not null,
    version integer not null,
    body text not null,
    signature blob not null,
    created_at integer not null,
    primary key (tenant_id, detector_id, entity_id, version),
    foreign key (tenant_id, detector_id) references detectors (tenant_id, id)
  ) strict`,
  `create table baselines (
    id text primary key not null,
    tenant_id text not null,
    scope text not null,
    device_id text,
    metric_id text not null,
    period text not null,
    stats text not null,
    valid_from integer not null,
    valid_to integer,
    version integer not null,
    created_at integer not null,
    foreign key (tenant_id, device_id) references devices (tenant_id, id),
    foreign key (tenant_id, metric_id) references metric_definitions (tenant_id, id)
  ) strict`,
  `create table anomalies (
    id text primary key not null,
    tenant_id text not null,
    detector_id text not null,
    detector_name text not null,
    device_id text not null,
    incident_id text not null,
    fingerprint text not null,
    kind text not null,
    at integer not null,
    severity text not null,
    score real not null,
    threshold real not null,
    tail real not null,
    confidence real not null,
    period text not null,
    model_period text not null,
    model_id text not null,
    setting_version integer not null,
    top_metric text not null,
    value real not null,
    expected real not null,
    contributions text not null,
    created_at integer not null,
    foreign key (tenant_id, device_id) references devices (tenant_id, id)
  ) strict`,
  `create table incidents (
    id text primary key not null,
    tenant_id text not null,
    detector_id text not null,
    device_id text not null,
    fingerprint text not null,
    kind text not null,
    pattern text not null,
    state text not null
      check (state in ('SUSPECTED', 'OPEN', 'RECOVERING', 'RESOLVED', 'CLOSED')),
    severity text not null,
    peak_score real not null,
    peak_at integer not null,
    opened_at integer not null,
    last_at integer not null,
    confirmed_at integer,
    resolved_at integer,
    closed_at integer,
    acknowledged_at integer,
    acknowledged_by text,
    anomaly_count integer not null,
    quiet_buckets integer not null,
    version integer not null,
    foreign key (tenant_id, device_id) references devices (tenant_id, id)
  ) strict`,
  `create table events (
    seq integer primary key autoincrement,
    tenant_id text not null,
    type text not null,
    subject_id text not null,
    payload text not null,
    at integer not null
  ) strict`,
  `create table jobs (
    id text primary key not null,
    tenant_id text not null references tenants (id),
    kind text not null,
    params text not null,
    state text not null
      check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    progress real not null,
    message text not null,
    result text,
    error text,
    lease_owner text,
    lease_until integer,
    attempts integer not null,
    created_at integer not null,
    started_at integer,
    finished_at integer,
    version integer not null
  ) strict`,
  `create table api_keys (
    id text primary key not null,
    tenant_id text not null references tenants (id),
    name text not null,
    prefix text not null unique,
    hash text not null,
    role text not null,
    created_at integer not null,
    revoked_at integer
  ) strict`,
  `create table edges (
    tenant_id text not null references tenants (id),
    edge_id text not null,
    epoch text not null,
    ack_seq integer not null,
    last_seen_at integer not null,
    status text not null,
    primary key (tenant_id, edge_id)
  ) strict, without rowid`,
  `create table change_log (
    id text primary key not null,
    tenant_id text not null references tenants (id),
    device_id text,
    at integer not null,
    kind text not null,
    summary text not null,
    details text not null,
    created_at integer not null,
    foreign key (tenant_id, device_id) references devices (tenant_id, id)
  ) strict`,
  `create table explanations (
    id text primary key not null,
    tenant_id text not null references tenants (id),
    anomaly_id text not null references anomalies (id),
    kind text not null,
    text text not null,
    evidence text not null,
    created_at integer not null
  ) strict`,
  // Never holds a row: inserting one aborts the batch in which a guarded statement changed nothing.
  `create table write_guard (
    failed integer not null constraint write_guard_holds check (failed = 0)
  ) strict`,
  // Which batches a remote server has committed, for the writer whose answer got lost; ids grow with time.
  `create table write_receipts (
    id text primary key not null
  ) strict, without rowid`,
];

/** One for each order that a list is read in; a descending order reads the index backwards. */
const INDEXES: readonly string[] = [
  `create index devices_by_cohort on devices (tenant_id, cohort, external_id)`,
  `create index series_by_metric on series (tenant_id, metric_id)`,
  `create index models_by_age on models (tenant_id, created_at, id)`,
  `create index models_by_entity on models (tenant_id, detector_id, entity_id, created_at, id)`,
  `create index baselines_by_age on baselines (tenant_id, valid_from, id)`,
  `create index baselines_by_series
    on baselines (tenant_id, device_id, metric_id, period, valid_from)`,
  `create index anomalies_by_time on anomalies (tenant_id, at, id)`,
  `create index anomalies_by_device on anomalies (tenant_id, device_id, at, id)`,
  `create index anomalies_by_incident on anomalies (tenant_id, incident_id, at, id)`,
  `create index incidents_by_time on incidents (tenant_id, opened_at, id)`,
  `create index incidents_by_device on incidents (tenant_id, device_id, opened_at, id)`,
  `create index incidents_by_state on incidents (tenant_id, state, opened_at, id)`,
  `create index incidents_unfinished
    on incidents (tenant_id, device_id, detector_id) where state <> 'CLOSED'`,
  `create index events_by_tenant on events (tenant_id, seq)`,
  `create index events_by_subject on events (tenant_id, subject_id, seq)`,
  `create index jobs_by_age on jobs (tenant_id, created_at, id)`,
  `create index jobs_unfinished on jobs (state, created_at) where state in ('queued', 'running')`,
  `create index api_keys_by_age on api_keys (tenant_id, created_at, id)`,
  `create index change_log_by_time on change_log (tenant_id, at, id)`,
  `create index explanations_by_anomaly on explanations (tenant_id, anomaly_id)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...TABLES, ...INDEXES]) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES.toReversed()) {
    const [, name] = /^create table (\w+)/.exec(statement) ?? [];
    await sql`drop table ${sql.table(name)}`.execute(db);
  }
}
