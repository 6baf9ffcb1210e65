import { type Kysely, sql } from "kysely";

const UP: readonly string[] = [
  `create table labels (
    id text primary key not null,
    tenant_id text not null,
    device_id text not null,
    from_at integer not null,
    until_at integer not null,
    is_anomaly integer not null check (is_anomaly in (0, 1)),
    note text not null,
    created_by text not null,
    created_at integer not null,
    check (from_at < until_at),
    foreign key (tenant_id, device_id) references devices (tenant_id, id)
  ) strict`,
  `create index labels_by_device on labels (tenant_id, device_id, from_at, id)`,
  `create index labels_by_time on labels (tenant_id, from_at, id)`,
  `alter table detectors add column pages_per_week real not null default 1`,
];

const DOWN: readonly string[] = [
  `alter table detectors drop column pages_per_week`,
  `drop table labels`,
];

/** Times that people know to be anomalous or normal, and the budget of a detector's pages. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of UP) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of DOWN) await sql.raw(statement).execute(db);
}
