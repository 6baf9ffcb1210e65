import {
  SOURCE_DEAD_LETTERS_MAX,
  type SourceDeadLetter,
  type SourceKeeper,
} from "../../sources/mod.ts";
import type { SqlDatabase, SqlRow } from "../sql_database.ts";
import { readMeta, writeMeta } from "./tables.ts";

/** Keeps what sources keep in the edge's file. */
export function createSourceKeeper(database: SqlDatabase, now: () => number): SourceKeeper {
  return {
    positionOf: (source) => ({
      load: () => readMeta(database, `source ${source}`),
      save: (text) => writeMeta(database, `source ${source}`, text),
    }),
    bury: (source, letters) =>
      database.transaction(() => {
        for (const letter of letters.slice(-SOURCE_DEAD_LETTERS_MAX)) {
          buryLetter(database, { source, letter, at: now() });
        }
        forgetOldest(database, source);
      }),
    listBuried: (source, first) =>
      database.all(
        `select topic, message_id, code, field, message, body from source_dead_letters
          where source = ? order by id desc limit ?`,
        [source, first],
      ).map(letterOf),
  };
}

interface Burial {
  readonly source: string;
  readonly letter: SourceDeadLetter;
  readonly at: number;
}

function buryLetter(database: SqlDatabase, { source, letter, at }: Burial): void {
  const { topic, messageId, code, field, message, body } = letter;
  database.run(
    `insert into source_dead_letters (source, at, topic, message_id, code, field, message, body)
      values (?, ?, ?, ?, ?, ?, ?, ?)`,
    [source, at, topic, messageId, code, field, message, body],
  );
}

function forgetOldest(database: SqlDatabase, source: string): void {
  database.run(
    `delete from source_dead_letters where source = ? and id <= (
      select id from source_dead_letters where source = ? order by id desc limit 1 offset ?
    )`,
    [source, source, SOURCE_DEAD_LETTERS_MAX],
  );
}

function letterOf(row: SqlRow): SourceDeadLetter {
  return {
    topic: String(row.topic),
    messageId: String(row.message_id),
    code: String(row.code),
    field: String(row.field),
    message: String(row.message),
    body: String(row.body),
  };
}
