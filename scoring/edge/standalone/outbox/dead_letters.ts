import type { RefusedItem } from "../protocol.ts";
import type { SqlDatabase } from "../sql_database.ts";
import { addCount } from "./counters.ts";

/** Enough to see what is wrong; the oldest go first. */
export const DEAD_LETTERS_MAX = 1_000;

/** Longest part of an item that is kept: its beginning tells which device sent it. */
const BODY_LENGTH_MAX = 4_096;

/** Why an item was set aside. */
export type DeadLetter = Omit<RefusedItem, "seq">;

/** Sets an item aside, in the caller's transaction; the oldest make room. */
export function buryItem(
  database: SqlDatabase,
  { code, field, message }: DeadLetter,
  { body, at }: { readonly body: string; readonly at: number },
): void {
  database.run(
    `insert into dead_letters (at, code, field, message, bytes, body)
      values (?, ?, ?, ?, ?, ?)`,
    [at, code, field, message, body.length, body.slice(0, BODY_LENGTH_MAX)],
  );
  database.run(
    "delete from dead_letters where id <= (select max(id) from dead_letters) - ?",
    [DEAD_LETTERS_MAX],
  );
  addCount(database, "itemsRefused", 1);
}

/** The newest first. */
export function listDeadLetters(database: SqlDatabase, first: number): DeadLetter[] {
  const rows = database.all(
    "select code, field, message from dead_letters order by id desc limit ?",
    [first],
  );
  return rows.map((row) => ({
    code: String(row.code),
    field: String(row.field),
    message: String(row.message),
  }));
}
