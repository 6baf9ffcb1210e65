import { type Kysely, sql } from "kysely";

/** Until when nobody wants to hear of an incident, and who said so; null while everybody does. */
const COLUMNS: readonly string[] = ["silenced_until integer", "silenced_by text"];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of COLUMNS) {
    await sql.raw(`alter table incidents add column ${column}`).execute(db);
  }
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const column of COLUMNS.toReversed()) {
    const [name] = column.split(" ");
    await sql.raw(`alter table incidents drop column ${name}`).execute(db);
  }
}
