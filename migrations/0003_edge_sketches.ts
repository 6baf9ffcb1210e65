import { type Kysely, sql } from "kysely";

const STATEMENTS: readonly string[] = [
  // What an edge says of itself with each sync, as JSON; the rules of it are the edge's.
  `alter table edges add column report text not null default '{}'`,
  // One row for what an edge has seen of a metric in one occurrence of a period.
  `create table edge_sketches (
    tenant_id text not null,
    device_id text not null,
    metric_id text not null,
    from_at integer not null,
    edge_id text not null,
    until_at integer not null,
    period text not null,
    count integer not null check (count > 0),
    sketch text not null,
    updated_at integer not null,
    primary key (tenant_id, device_id, metric_id, from_at, edge_id),
    foreign key (tenant_id, device_id) references devices (tenant_id, id),
    foreign key (tenant_id, metric_id) references metric_definitions (tenant_id, id)
  ) strict, without rowid`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table edge_sketches`.execute(db);
  await sql`alter table edges drop column report`.execute(db);
}
