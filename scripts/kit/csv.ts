import { UsageError } from "./exit.ts";

/** One line of a CSV file, or several where a quoted cell goes over more than one. */
export interface CsvRecord {
  /** Where it begins, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** The longest record; more is a quote that was never closed. */
const RECORD_CHARS_MAX = 1 << 20;

const DELIMITERS = [",", ";", "\t", "|"] as const;

/**
 * Reads a CSV file (RFC 4180) record by record, the header first, without ever holding all of it.
 * Files that end in .gz are gzip-compressed. A byte order mark, CRLF and blank lines are passed over;
 * the delimiter is the one of comma, semicolon, tab and bar that the header has most of.
 *
 * @throws {UsageError} naming the line that is not of the format.
 */
export async function* readCsv(path: string): AsyncGenerator<CsvRecord[]> {
  const parser = createCsvParser(path);
  try {
    for await (const text of await openText(path)) yield parser.take(text);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(unreadable(path, error));
  }
  yield parser.finish();
}

async function openText(path: string): Promise<ReadableStream<string>> {
  const file = await Deno.open(path);
  const bytes = path.endsWith(".gz")
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  return bytes.pipeThrough(new TextDecoderStream("utf-8", { fatal: true }));
}

function unreadable(path: string, error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return `Cannot read "${path}": there is no such file`;
  // Streams tell damage of gzip and of UTF-8 alike.
  if (error instanceof TypeError) {
    const what = path.endsWith(".gz") ? "whole gzip of UTF-8 text" : "UTF-8 text";
    return `Cannot read "${path}": it is not ${what}`;
  }
  return `Cannot read "${path}": ${error instanceof Error ? error.message : error}`;
}

/** Parses text that comes in pieces. */
export interface CsvParser {
  /** The records that end in this piece. */
  take(text: string): CsvRecord[];
  /** The last record, where no line break ended it. */
  finish(): CsvRecord[];
}

/** @param name Name of the file, for errors. */
export function createCsvParser(name: string): CsvParser {
  const splitter = createSplitter();
  let line = 1;
  let columnCount = 0;
  let delimiter = "";
  const fail = (at: number, found: string): never => {
    throw new UsageError(`Cannot read line ${at} of "${name}": ${found}`);
  };
  const recordsOf = (texts: readonly RecordText[]) => {
    const records: CsvRecord[] = [];
    for (const { text, lines } of texts) {
      const at = line;
      line += lines;
      if (text === "") continue;
      delimiter ||= delimiterOf(text);
      const cells = text.includes('"')
        ? splitQuoted(text, delimiter, (found) => fail(at, found))
        : text.split(delimiter);
      columnCount ||= cells.length;
      if (cells.length !== columnCount) {
        fail(at, `it has ${cells.length} cells, the header ${columnCount}`);
      }
      records.push({ line: at, cells });
    }
    return records;
  };
  return {
    take(text) {
      const records = recordsOf(splitter.take(text));
      if (splitter.heldLength() > RECORD_CHARS_MAX) {
        fail(line, `it is longer than ${RECORD_CHARS_MAX} characters; is a quote left open?`);
      }
      return records;
    },
    finish: () => recordsOf(splitter.finish()),
  };
}

/** What lies between two line breaks that end a record. */
interface RecordText {
  readonly text: string;
  readonly lines: number;
}

/** Parts text at line breaks outside of quotes: those behind an even number of them. */
function createSplitter() {
  let held = "";
  /** Up to here the held text was looked through. */
  let seen = 0;
  let lines = 0;
  let isQuoted = false;
  const recordOf = (text: string): RecordText => {
    const record = { text: text.endsWith("\r") ? text.slice(0, -1) : text, lines };
    lines = 0;
    return record;
  };
  return {
    heldLength: () => held.length,
    take(text: string): RecordText[] {
      held += text;
      const records: RecordText[] = [];
      let start = 0;
      let quote = held.indexOf('"', seen);
      for (let end = held.indexOf("\n", seen); end !== -1; end = held.indexOf("\n", seen)) {
        lines++;
        for (; quote !== -1 && quote < end; quote = held.indexOf('"', quote + 1)) {
          isQuoted = !isQuoted;
        }
        seen = end + 1;
        if (isQuoted) continue;
        records.push(recordOf(held.slice(start, end)));
        start = seen;
      }
      held = held.slice(start);
      seen -= start;
      return records;
    },
    /** The last record, where no line break ended it. */
    finish(): RecordText[] {
      lines++;
      const record = recordOf(held);
      held = "";
      return [record];
    },
  };
}

function delimiterOf(header: string): string {
  const outside = header.replace(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => outside.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

function splitQuoted(
  text: string,
  delimiter: string,
  fail: (found: string) => never,
): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= text.length;) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at);
      const cell = text.slice(at, end === -1 ? text.length : end);
      if (cell.includes('"')) fail(`cell ${cells.length + 1} has a quote inside`);
      cells.push(cell);
      at += cell.length + 1;
      continue;
    }
    const { cell, end } = quotedCell(text, at);
    if (end === -1) fail(`the quote of cell ${cells.length + 1} is left open`);
    if (end < text.length && text[end] !== delimiter) {
      fail(`cell ${cells.length + 1} goes on after its closing quote`);
    }
    cells.push(cell);
    at = end + 1;
  }
  return cells;
}

/** A cell whose opening quote is at `start`, and the place behind its closing one. */
function quotedCell(text: string, start: number): { cell: string; end: number } {
  let cell = "";
  for (let from = start + 1;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return { cell, end: -1 };
    cell += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { cell, end: quote + 1 };
    cell += '"';
    from = quote + 2;
  }
}
