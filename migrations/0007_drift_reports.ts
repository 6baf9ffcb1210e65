import { type Kysely, sql } from "kysely";

const UP: readonly string[] = [
  `create table drift_reports (
    id text primary key not null,
    tenant_id text not null,
    detector_id text not null,
    device_id text not null,
    model_id text not null,
    from_at integer not null,
    until_at integer not null,
    features text not null,
    score text,
    f1 real,
    severity integer not null check (severity between 1 and 10),
    state text not null check (state in ('STABLE', 'WATCH', 'ALARM')),
    is_action integer not null check (is_action in (0, 1)),
    created_at integer not null,
    unique (tenant_id, detector_id, device_id, from_at),
    check (from_at < until_at),
    foreign key (tenant_id, device_id) references devices (tenant_id, id),
    foreign key (tenant_id, detector_id) references detectors (tenant_id, id)
  ) strict`,
  `create index drift_reports_by_time on drift_reports (tenant_id, from_at, id)`,
  `create index drift_reports_by_device on drift_reports (tenant_id, device_id, from_at, id)`,
  `create index drift_reports_of_actions
    on drift_reports (tenant_id, detector_id, created_at) where is_action = 1`,
  `alter table detectors add column drift_policy text not null
    default '{"distanceMin":0.1,"onDrift":"NONE"}'`,
  `alter table detectors add column refit_every_ms integer`,
];

const DOWN: readonly string[] = [
  `alter table detectors drop column refit_every_ms`,
  `alter table detectors drop column drift_policy`,
  `drop table drift_reports`,
];

/** What the drift monitors have found, and what a detector does about it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of UP) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of DOWN) await sql.raw(statement).execute(db);
}
