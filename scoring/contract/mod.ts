/** What data must be like to be taken: rules on columns, rows held against them, and a report. */
export { type CellReader, type ContractCheck, openContractCheck } from "./check.ts";
export type { ColumnSummary, OutlierSummary } from "./column_summary.ts";
export {
  COLUMN_TYPES,
  type ColumnRule,
  type ColumnType,
  type Contract,
  CONTRACT_COLUMNS_MAX,
  TIME_ORDERS,
  type TimeOrder,
} from "./contract.ts";
export { DEFAULT_CONTRACT } from "./default_contract.ts";
export { ContractError, parseContract } from "./parse.ts";
export { isWithin, rangeText, type ValueRange } from "./range.ts";
export { DUPLICATE_ROWS_MAX } from "./recent_rows.ts";
export type {
  ColumnReport,
  ContractReport,
  Violation,
  ViolationCounts,
  ViolationKind,
} from "./report.ts";
export { EXAMPLES_MAX, VIOLATION_KINDS } from "./report.ts";
