import { findDayRows } from "../../scoring/algorithm/mod.ts";
import { UsageError } from "../kit/mod.ts";
import type { CollectionKind, SeriesFiles } from "./collection.ts";
import { joinTables, matrixOf, readTable, type Table } from "./table.ts";

/** Rows of training at the start of each series of a collection that does not tell how many. */
const PREFIX_ROWS_DEFAULT = 400;

/** Where rows have no time and no day shows in them. */
const CADENCE_MS_DEFAULT = 300_000;
const DAY_MS = 86_400_000;

/** A Monday: where rows have no time of their own, the first one is here. */
const FIRST_ROW_AT = Date.UTC(2026, 0, 5);

/** What a detector is given: a series' rows in order, and which of them are for training. */
export interface Subject {
  readonly kind: CollectionKind;
  readonly table: Table;
  /** Rows before this one are training; 0 for none. */
  readonly trainRows: number;
  /** Rows from this one on are scored. */
  readonly scoredFrom: number;
  /** Time between rows, ms, where the rows have no time of their own. */
  readonly cadenceMs: number;
}

/** What a detector gives: one entry for each row that is scored. */
export interface Scored {
  /** Finite, higher is more anomalous. */
  readonly scores: Float64Array;
  /** 1 where the product alerts. */
  readonly alerts: Uint8Array;
}

/** @throws {UsageError} when a file is not of the format or its labels are of other rows. */
export async function readSubject(
  kind: CollectionKind,
  { path, trainPath, labels }: SeriesFiles,
): Promise<Subject> {
  const table = await readTable(path);
  if (labels?.rows !== undefined && labels.rows !== table.rowCount) {
    throw new UsageError(
      `Cannot evaluate "${path}": it has ${table.rowCount} rows, its labels are of ${labels.rows}`,
    );
  }
  if (trainPath !== undefined) {
    const train = await readTable(trainPath);
    const trainRows = train.rowCount;
    const cadenceMs = cadenceOf(train);
    return { kind, table: joinTables(train, table), trainRows, scoredFrom: trainRows, cadenceMs };
  }
  const told = labels?.trainRows ?? PREFIX_ROWS_DEFAULT;
  const trainRows = kind === "prefix" ? Math.min(told, table.rowCount) : 0;
  const cadenceMs = CADENCE_MS_DEFAULT;
  return { kind, table, trainRows, scoredFrom: trainRows, cadenceMs };
}

/** What makes the day that the rows tell of, where they have no time of their own. */
function cadenceOf(train: Table): number {
  const dayRows = findDayRows(matrixOf(train), undefined);
  return dayRows === 0 ? CADENCE_MS_DEFAULT : DAY_MS / dayRows;
}

/** Event time of each row, ms. */
export function timesOf({ table, cadenceMs }: Subject): Float64Array {
  return table.times ??
    Float64Array.from({ length: table.rowCount }, (_, row) => FIRST_ROW_AT + row * cadenceMs);
}
