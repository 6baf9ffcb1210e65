/** A body that is no CSV; `line` counts from 1. */
export class CsvError extends Error {
  override readonly name = "CsvError";
  constructor(readonly line: number, readonly reason: string) {
    super(`Cannot read the CSV in line ${line}: ${reason}`);
  }
}

/**
 * Rows of a CSV text as RFC 4180 has it: cells may stand in quotes, in which a quote is doubled and
 * breaks are text. Empty lines are no rows.
 * @param columnsMax Cells that a row may have.
 * @throws {CsvError} For quotes that do not pair and for rows that are too wide.
 */
export function* csvRows(text: string, columnsMax: number): Generator<readonly string[]> {
  const cursor = { text, at: 0, line: 1 };
  while (cursor.at < text.length) {
    const row = readRow(cursor, columnsMax);
    if (row.length > 1 || row[0] !== "") yield row;
  }
}

interface Cursor {
  readonly text: string;
  at: number;
  line: number;
}

function readRow(cursor: Cursor, columnsMax: number): string[] {
  const row: string[] = [];
  for (;;) {
    if (row.length >= columnsMax) {
      throw new CsvError(cursor.line, `it has more than ${columnsMax} cells`);
    }
    row.push(cursor.text[cursor.at] === '"' ? readQuoted(cursor) : readPlain(cursor));
    const next = cursor.text[cursor.at++];
    if (next === ",") continue;
    if (next === "\r" && cursor.text[cursor.at] === "\n") cursor.at++;
    cursor.line++;
    return row;
  }
}

function readPlain(cursor: Cursor): string {
  const from = cursor.at;
  while (!isEnd(cursor)) cursor.at++;
  return cursor.text.slice(from, cursor.at);
}

function readQuoted(cursor: Cursor): string {
  const { text, line } = cursor;
  let cell = "";
  for (;;) {
    const from = cursor.at + 1;
    const quote = text.indexOf('"', from);
    if (quote < 0) throw new CsvError(line, "a quote is not closed");
    cell += text.slice(from, quote);
    cursor.at = quote + 1;
    if (text[cursor.at] !== '"') break;
    cell += '"';
  }
  cursor.line += cell.split("\n").length - 1;
  if (isEnd(cursor)) return cell;
  throw new CsvError(cursor.line, "something follows a closing quote");
}

function isEnd({ text, at }: Cursor): boolean {
  const char = text[at];
  return char === undefined || char === "," || char === "\n" || char === "\r";
}
