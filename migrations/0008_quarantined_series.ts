import { type Kysely, sql } from "kysely";

const UP: readonly string[] = [
  `create table quarantined_series (
    id text primary key not null,
    tenant_id text not null references tenants (id),
    edge_id text not null,
    device text not null,
    metric text not null,
    unit text not null,
    kind text not null check (kind in ('gauge', 'counter')),
    origin text,
    points integer not null,
    first_seen_at integer not null,
    last_seen_at integer not null,
    last_at integer not null,
    last_value real not null,
    dismissed_at integer,
    dismissed_by text,
    unique (tenant_id, edge_id, device, metric)
  ) strict`,
  `create index quarantined_series_by_time on quarantined_series (tenant_id, first_seen_at, id)`,
  `create index quarantined_series_by_use on quarantined_series (tenant_id, last_seen_at)`,
];

/** Series under unknown names whose points are kept out, at the gateway (no edge) and at edges. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of UP) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table quarantined_series`.execute(db);
}
