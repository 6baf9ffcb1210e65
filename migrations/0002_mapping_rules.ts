import { type Kysely, sql } from "kysely";

/** One row for each tenant that has set rules of its own; the rules are JSON, read as a whole. */
const TABLE = `create table mapping_rules (
  tenant_id text primary key not null references tenants (id),
  unknown_names text not null check (unknown_names in ('create', 'refuse', 'quarantine')),
  rules text not null,
  updated_at integer not null,
  version integer not null
) strict`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(TABLE).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table mapping_rules`.execute(db);
}
