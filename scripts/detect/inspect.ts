import { CATEGORIES_MAX } from "../../scoring/forest/mod.ts";
import { readCsv, UsageError } from "../kit/mod.ts";
import { isMissing, numberOf, type TimeKind, timeKindOf, timeOf } from "./cell.ts";

/** What a column is taken for; `skipped` ones hold names or free text. */
export type ColumnKind = "number" | "category" | "time" | "skipped";

export interface ColumnFacts {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly missing: number;
  readonly infinite: number;
  /** Different texts of a category, at most one more than there may be. */
  readonly texts: number;
}

/** What a first reading of a file tells. */
export interface TableFacts {
  readonly path: string;
  readonly rowCount: number;
  readonly columns: readonly ColumnFacts[];
  readonly time: TimeFacts | undefined;
}

export interface TimeFacts {
  readonly column: number;
  readonly kind: TimeKind;
  /** Median time between rows, ms; undefined for counts and for a single row. */
  readonly rowMs: number | undefined;
  /** Rows whose time is before that of the row above. */
  readonly backwards: number;
}

/** Names under which a column is taken for the time. */
const TIME_NAME = /^(?:timestamp|time_?stamp|time|date_?time|date|ts|at)$/i;

/** From this share of numbers on, a text among them is a mistake and no category. */
const NUMBERS_SHARE_MIN = 0.9;

/** A column of which more than half are different texts, and more than so many, is a name. */
const NAMES_MIN = 20;

/** A number of a country that writes them so, in a file whose cells are parted by semicolons. */
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;

/** Steps between rows that the cadence is taken from. */
const STEPS_MAX = 10_000;

/**
 * Reads a file once: its columns, what they hold, and its rows.
 *
 * @param timeColumn Name of the column of times; found by its name where undefined.
 * @throws {UsageError} naming the line and the column that is not of the format.
 */
export async function inspectTable(path: string, timeColumn?: string): Promise<TableFacts> {
  let tallies: Tally[] | undefined;
  let clock: Clock | undefined;
  let rowCount = 0;
  for await (const records of readCsv(path)) {
    for (const { line, cells } of records) {
      if (!tallies) {
        tallies = namesOf(cells, path).map(newTally);
        continue;
      }
      if (rowCount === 0) clock = findClock(path, tallies, cells, timeColumn);
      clock?.take(cells, line);
      for (let column = 0; column < cells.length; column++) {
        if (column !== clock?.column) count(tallies[column], cells[column], line);
      }
      rowCount++;
    }
  }
  if (!tallies) throw new UsageError(`Cannot read "${path}": it is empty`);
  if (rowCount === 0) throw new UsageError(`Cannot read "${path}": it has a header and no rows`);
  const columns = tallies.map((tally, column) => factsOf(tally, column === clock?.column, path));
  return { path, rowCount, columns, time: clock?.facts() };
}

function namesOf(header: readonly string[], path: string): string[] {
  if (header.every((cell) => cell !== "" && numberOf(cell) !== undefined)) {
    throw new UsageError(
      `Cannot read line 1 of "${path}": it must name the columns, and "${header[0]}" is a number`,
    );
  }
  const names = header.map((cell, column) => cell.trim() || `column_${column + 1}`);
  const twice = names.find((name, column) => names.indexOf(name) < column);
  if (twice !== undefined) {
    throw new UsageError(`Cannot read line 1 of "${path}": it names column "${twice}" twice`);
  }
  return names;
}

/** What is counted of a column. */
interface Tally {
  readonly name: string;
  readonly texts: Set<string>;
  numbers: number;
  missing: number;
  infinite: number;
  textCells: number;
  firstText: { readonly line: number; readonly cell: string } | undefined;
}

function newTally(name: string): Tally {
  return {
    name,
    texts: new Set(),
    numbers: 0,
    missing: 0,
    infinite: 0,
    textCells: 0,
    firstText: undefined,
  };
}

function count(tally: Tally, cell: string, line: number): void {
  const value = numberOf(cell);
  if (value === undefined) {
    tally.textCells++;
    tally.firstText ??= { line, cell };
    if (tally.texts.size <= CATEGORIES_MAX) tally.texts.add(cell);
  } else if (value !== value) tally.missing++;
  else {
    tally.numbers++;
    if (!Number.isFinite(value)) tally.infinite++;
  }
}

function factsOf(tally: Tally, isTime: boolean, path: string): ColumnFacts {
  const { name, missing, infinite, numbers, textCells, texts, firstText } = tally;
  const facts = { name, missing, infinite, texts: texts.size };
  if (isTime) return { ...facts, kind: "time" };
  if (textCells === 0) return { ...facts, kind: numbers === 0 ? "skipped" : "number" };
  if (numbers >= NUMBERS_SHARE_MIN * (numbers + textCells)) {
    throw new UsageError(
      `Cannot read line ${firstText!.line} of "${path}": column "${name}" holds numbers, ` +
        `and "${shortened(firstText!.cell)}" is none`,
    );
  }
  if (numbers === 0 && [...texts].every((text) => DECIMAL_COMMA.test(text))) {
    throw new UsageError(
      `Cannot read line ${firstText!.line} of "${path}": column "${name}" holds ` +
        `"${shortened(firstText!.cell)}", and numbers must have a decimal point`,
    );
  }
  const isName = texts.size > CATEGORIES_MAX ||
    (texts.size > NAMES_MIN && 2 * texts.size > textCells);
  return { ...facts, kind: isName ? "skipped" : "category" };
}

function shortened(cell: string): string {
  return cell.length > 40 ? `${cell.slice(0, 40)}…` : cell;
}

interface Clock {
  readonly column: number;
  take(cells: readonly string[], line: number): void;
  facts(): TimeFacts;
}

function findClock(
  path: string,
  tallies: readonly Tally[],
  cells: readonly string[],
  wanted: string | undefined,
): Clock | undefined {
  if (wanted !== undefined && tallies.every(({ name }) => name !== wanted)) {
    throw new UsageError(`Cannot take time from column "${wanted}": "${path}" has no such column`);
  }
  const column = tallies.findIndex(({ name }, at) =>
    wanted === undefined
      ? TIME_NAME.test(name) && timeKindOf(cells[at]) !== undefined
      : name === wanted
  );
  const dated = column === -1 && timeKindOf(cells[0]) === "date" ? 0 : column;
  return dated === -1 ? undefined : createClock(path, dated, tallies[dated].name, cells[dated]);
}

function createClock(path: string, column: number, name: string, firstCell: string): Clock {
  const kind = timeKindOf(firstCell) ?? "date";
  const steps: number[] = [];
  let last = NaN;
  let backwards = 0;
  return {
    column,
    take(cells, line) {
      const at = timeOf(cells[column], kind);
      if (!Number.isFinite(at)) {
        const found = isMissing(cells[column])
          ? "no time"
          : `"${shortened(cells[column])}", which is no time like "${shortened(firstCell)}"`;
        throw new UsageError(
          `Cannot read line ${line} of "${path}": column "${name}" holds ${found}`,
        );
      }
      if (at < last) backwards++;
      if (at > last && steps.length < STEPS_MAX) steps.push(at - last);
      last = at;
    },
    facts() {
      const rowMs = kind === "count" || steps.length === 0
        ? undefined
        : steps.sort((a, b) => a - b)[steps.length >> 1];
      return { column, kind, rowMs, backwards };
    },
  };
}
