import { type SelectQueryBuilder, sql } from "kysely";
import { InvalidInputError } from "../errors.ts";

/** Rows of one page: bounds the work of one query; the faces of the product allow fewer. */
export const PAGE_SIZE_MAX = 1_000;

/** Where a page ended: the values of the list's order columns, the last one the id. */
export type Keyset = readonly (string | number)[];

export interface PageRequest {
  /** Rows wanted, 1 to `PAGE_SIZE_MAX`. */
  readonly first: number;
  /** Begin after the row with this key. */
  readonly after?: Keyset;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Whether more rows follow. */
  readonly hasNext: boolean;
}

/** The columns that a list is ordered by, all in one direction, the last one unique. */
export interface Order {
  readonly columns: readonly string[];
  readonly direction: "asc" | "desc";
}

/**
 * Runs a query for one page of it. Rows that are added or removed between two pages neither repeat
 * nor hide others, as a page begins at a key and not at a count.
 *
 * @throws {InvalidInputError} When `first` is out of range or `after` is not a key of this list.
 */
export async function readPage<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  { columns, direction }: Order,
  { first, after }: PageRequest,
): Promise<Page<Row>> {
  checkSize(first);
  let ordered = query;
  if (after) ordered = ordered.where(pastKey(columns, direction, after));
  for (const column of columns) ordered = ordered.orderBy(sql.ref(column), direction);
  return pageOf(await ordered.limit(first + 1).execute(), first);
}

/** A page with its rows made into something else. */
export function mapPage<T, U>(page: Page<T>, make: (item: T) => U): Page<U> {
  return { items: page.items.map(make), hasNext: page.hasNext };
}

/** The rows in the order in which their ids were asked for, `undefined` where there is none. */
export function inOrder<T extends { readonly id: string }>(
  ids: readonly string[],
  rows: readonly T[],
): (T | undefined)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
}

/** The first rows of one more than was asked for: the one more tells whether there is a next page. */
export function pageOf<T>(rows: T[], first: number): Page<T> {
  return { items: rows.slice(0, first), hasNext: rows.length > first };
}

/** @throws {InvalidInputError} When a page may not have this many rows. */
export function checkSize(first: number): void {
  if (Number.isInteger(first) && first >= 1 && first <= PAGE_SIZE_MAX) return;
  throw new InvalidInputError(
    "first",
    `Cannot list as first must be an integer from 1 to ${PAGE_SIZE_MAX}: current value is ${first}`,
    PAGE_SIZE_MAX,
  );
}

/** Rows that come after the one with this key. */
export function pastKey(columns: readonly string[], direction: Order["direction"], after: Keyset) {
  if (after.length !== columns.length) {
    throw new InvalidInputError("after", "Cannot list as after is not a cursor of this list");
  }
  const key = sql.join(columns.map((column) => sql.ref(column)));
  // A row value is compared column by column, and SQLite seeks to it in the order's index.
  return direction === "asc"
    ? sql<boolean>`(${key}) > (${sql.join(after)})`
    : sql<boolean>`(${key}) < (${sql.join(after)})`;
}
