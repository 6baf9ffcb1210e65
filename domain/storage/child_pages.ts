import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
import { checkSize, type Order, type Page, pageOf, type PageRequest, pastKey } from "./page.ts";

/** Rows of one table that belong to rows of another. */
export interface Children<DB> {
  readonly db: Kysely<DB>;
  readonly table: keyof DB & string;
  /** Column that names the parent; it is among those that are read. */
  readonly parent: string;
  readonly parentIds: readonly (string | number)[];
  /** What is read; all columns where not given. */
  readonly columns?: readonly string[];
  /** Columns that name a row; those of a table without rowid must be given. */
  readonly key?: readonly string[];
}

/**
 * Reads one page of the list of each parent, in the order of the parents: as `readPage` of the query
 * for each alone would, in one statement. It seeks to the page of each parent in the order's index,
 * so that a long list costs no more than its page.
 *
 * @throws {InvalidInputError} When `first` is out of range or `after` is not a key of this list.
 */
export async function readChildPages<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  { db, table, parent, parentIds, columns, key = ["rowid"] }: Children<DB>,
  { columns: orderColumns, direction }: Order,
  { first, after }: PageRequest,
): Promise<Page<Row>[]> {
  checkSize(first);
  let inPage = query.clearSelect().select(key.map((column) => sql.ref(column).as(column)))
    .where(sql<boolean>`${sql.ref(`${table}.${parent}`)} = parents.value`);
  if (after) inPage = inPage.where(pastKey(orderColumns, direction, after));
  for (const column of orderColumns) inPage = inPage.orderBy(sql.ref(column), direction);
  const child = (column: string) => sql.ref(`child.${column}`);
  const order = orderColumns.map((column) => sql`${child(column)} ${sql.raw(direction)}`);
  // A cross join keeps its order: the parents first, then each one's page by the rows' own keys.
  const { rows } = await sql<Row & Record<string, unknown>>`
    select ${columns ? sql.join(columns.map(child)) : sql`child.*`}
    from json_each(${JSON.stringify([...new Set(parentIds)])}) as parents
    cross join ${sql.table(table)} as child
      on (${sql.join(key.map(child))}) in (${inPage.limit(first + 1)})
    order by ${sql.join(order)}`.execute(db);
  const lists = Map.groupBy(rows, (row) => row[parent]);
  return parentIds.map((id) => pageOf<Row>(lists.get(id) ?? [], first));
}
