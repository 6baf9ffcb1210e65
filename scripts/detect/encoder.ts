import { type CategoryCodes, fitCategories, type Matrix } from "../../scoring/forest/mod.ts";
import { UsageError } from "../kit/mod.ts";
import { isMissing, numberOf } from "./cell.ts";
import type { TableFacts } from "./inspect.ts";

/** A column that a method is given. */
export interface UsedColumn {
  readonly name: string;
  /** Codes of its categories; `undefined` for numbers. */
  readonly codes: CategoryCodes | undefined;
}

/** Turns the cells of a file into the rows of a method. */
export interface Encoder {
  /** Writes one row at `at`. */
  write(cells: readonly string[], line: number, data: Float32Array, at: number): void;
}

/**
 * The columns that are used: those with numbers or categories, or those that were asked for.
 *
 * @throws {UsageError} when one that was asked for is not there, or none is left.
 */
export function usedNames(table: TableFacts, wanted: readonly string[] | undefined): string[] {
  const usable = table.columns.filter(({ kind }) => kind === "number" || kind === "category")
    .map(({ name }) => name);
  for (const name of wanted ?? []) {
    if (usable.includes(name)) continue;
    const known = table.columns.find((column) => column.name === name);
    const found = known ? `it is a column of ${WHAT[known.kind] ?? known.kind}` : "it is not there";
    throw new UsageError(`Cannot use column "${name}" of "${table.path}": ${found}`);
  }
  const names = wanted ?? usable;
  if (names.length > 0) return [...names];
  throw new UsageError(`Cannot use "${table.path}": it has no column of numbers or categories`);
}

const WHAT: Readonly<Record<string, string>> = { time: "times", skipped: "names or free text" };

/** @throws {UsageError} when the file lacks a column, or has texts where another had numbers. */
export function createEncoder(table: TableFacts, columns: readonly UsedColumn[]): Encoder {
  const places = columns.map(({ name, codes }) => {
    const place = table.columns.findIndex((column) => column.name === name);
    if (place === -1) {
      throw new UsageError(`Cannot use "${table.path}": it has no column "${name}"`);
    }
    return { name, codes, place };
  });
  return {
    write(cells, line, data, at) {
      for (let column = 0; column < places.length; column++) {
        const { codes, place, name } = places[column];
        const cell = cells[place];
        const value = codes ? codes.codeOf(isMissing(cell) ? undefined : cell) : numberOf(cell);
        if (value === undefined) {
          throw new UsageError(
            `Cannot read line ${line} of "${table.path}": column "${name}" is of numbers, ` +
              `and "${cell}" is none`,
          );
        }
        data[at + column] = value;
      }
    },
  };
}

/** Rows that are gathered before the categories among their columns are known. */
export interface RowBuffer {
  add(cells: readonly string[], line: number): void;
  finish(): { readonly columns: readonly UsedColumn[]; readonly rows: Matrix };
}

/** @param rowsMax As many rows as will be added, at most. */
export function createRowBuffer(
  table: TableFacts,
  names: readonly string[],
  rowsMax: number,
): RowBuffer {
  const kinds = names.map((name) => table.columns.find((column) => column.name === name)?.kind);
  const texts = kinds.map((kind) => kind === "category" ? [] as (string | undefined)[] : undefined);
  const places = names.map((name) => table.columns.findIndex((column) => column.name === name));
  const numbers = createEncoder(table, names.map((name, i) => ({ name, codes: texts[i] && NONE })));
  const data = new Float32Array(rowsMax * names.length);
  let rowCount = 0;
  return {
    add(cells, line) {
      numbers.write(cells, line, data, rowCount * names.length);
      texts.forEach((of, i) =>
        of?.push(isMissing(cells[places[i]]) ? undefined : cells[places[i]])
      );
      rowCount++;
    },
    finish() {
      const columns = names.map((name, i) => ({
        name,
        codes: texts[i] && fitCategories(texts[i]),
      }));
      columns.forEach(({ codes }, column) => {
        texts[column]?.forEach((text, row) => {
          data[row * names.length + column] = codes!.codeOf(text);
        });
      });
      const used = data.subarray(0, rowCount * names.length);
      return { columns, rows: { data: used, rowCount, columnCount: names.length } };
    },
  };
}

/** Stands for codes that are fitted later. */
const NONE: CategoryCodes = { categories: [], codeOf: () => NaN };
