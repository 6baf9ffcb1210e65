import type { ValueRange } from "./range.ts";

/** Columns that a contract may name: each is summed up while rows go by. */
export const CONTRACT_COLUMNS_MAX = 256;

export const COLUMN_TYPES = ["number", "integer", "time", "text"] as const;
export type ColumnType = typeof COLUMN_TYPES[number];

/** How the times of one entity's rows must follow each other: `ascending` allows the same twice. */
export const TIME_ORDERS = ["any", "ascending", "strict"] as const;
export type TimeOrder = typeof TIME_ORDERS[number];

/** What a column must be like. */
export interface ColumnRule {
  readonly name: string;
  /** Other names under which it is known; the first that a file has counts. */
  readonly aliases: readonly string[];
  /** Numbers are finite. */
  readonly type: ColumnType;
  /** Whether a file must have it. */
  readonly required: boolean;
  /** Whether single cells may be missing. */
  readonly missingAllowed: boolean;
  /** Of numbers. */
  readonly range: ValueRange;
}

/** What a set of metrics must be like to be used. */
export interface Contract {
  readonly name: string;
  /** At least one, at most `CONTRACT_COLUMNS_MAX`; no name twice. */
  readonly columns: readonly ColumnRule[];
  /** Name of the column that says whose row it is; times are in order within each. */
  readonly entity: string | undefined;
  /** Of the first column whose type is `time`. */
  readonly timeOrder: TimeOrder;
  /** Share of rows with a violation, 0 to 1, that is still passed. */
  readonly violationShareMax: number;
  /** Fewer rows than this fail. */
  readonly rowsMin: number;
}
