import { type Kysely, sql } from "kysely";

const UP: readonly string[] = [
  // What edges send of the metrics that the detector watches.
  `alter table detectors add column forwarding text not null default 'all'
    check (forwarding in ('all', 'aggregates', 'anomalies'))`,
  // Those of counters were of values, and are of rates from now on.
  `delete from edge_sketches where metric_id in
    (select id from metric_definitions where data_type = 'counter')`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of UP) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table detectors drop column forwarding`.execute(db);
}
