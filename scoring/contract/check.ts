import { type ColumnWatch, createColumnWatch } from "./column_summary.ts";
import type { Contract } from "./contract.ts";
import { isWithin } from "./range.ts";
import { createRecentRows } from "./recent_rows.ts";
import {
  type ContractReport,
  createViolationLog,
  findColumns,
  type FoundColumn,
  noViolations,
  type ViolationKind,
} from "./report.ts";
import { createTimeOrder } from "./time_order.ts";

/** How the text of a cell is understood. */
export interface CellReader {
  isMissing(cell: string): boolean;
  /** NaN or `undefined` where it is no number. */
  numberOf(cell: string): number | undefined;
  /** ms since 1970, or any count that grows with time; NaN where it is no time. */
  timeOf(cell: string): number;
}

/** Holds the rows of one file against a contract; its memory does not grow with the rows. */
export interface ContractCheck {
  /** @param line At which the row begins. */
  push(cells: readonly string[], line: number): void;
  report(): ContractReport;
}

interface WatchedColumn extends FoundColumn {
  readonly watch: ColumnWatch;
  readonly counts: Record<ViolationKind, number>;
  readonly missing: { count: number };
}

/** @param header Names of the file's columns, in order. */
export function openContractCheck(
  contract: Contract,
  header: readonly string[],
  reader: CellReader,
): ContractCheck {
  const found = findColumns(contract.columns, header);
  const columns = found.filter(({ index }) => index >= 0).map((column): WatchedColumn => ({
    ...column,
    watch: createColumnWatch(),
    counts: noViolations(),
    missing: { count: 0 },
  }));
  const missingColumns = found.filter(({ rule, index }) => rule.required && index < 0)
    .map(({ rule }) => rule.name);
  const entity = columns.find(({ rule }) => rule.name === contract.entity);
  const time = columns.find(({ rule }) => rule.type === "time");
  const order = createTimeOrder(contract.timeOrder);
  const recent = createRecentRows();
  const log = createViolationLog();
  let rows = 0;
  let violatingRows = 0;
  let duplicateRows = 0;

  function violationOf(column: WatchedColumn, cells: readonly string[]) {
    const kind = cellViolation(column, cells[column.index], reader);
    if (kind !== undefined || column !== time) return kind;
    const whose = entity === undefined ? "" : cells[entity.index];
    return order.follows(whose, reader.timeOf(cells[column.index])) ? undefined : "order";
  }

  return {
    push(cells, line) {
      rows++;
      if (recent.add(cells)) duplicateRows++;
      let isViolating = missingColumns.length > 0;
      for (const column of columns) {
        const kind = violationOf(column, cells);
        if (kind === undefined) continue;
        isViolating = true;
        column.counts[kind]++;
        log.add({ kind, column: column.rule.name, line, cell: cells[column.index] });
      }
      if (isViolating) violatingRows++;
    },
    report() {
      const { violationShareMax, rowsMin } = contract;
      // A quotient, as a product of the share may lie beside the whole number of rows that it means.
      const violationShare = rows === 0 ? 0 : violatingRows / rows;
      return {
        contract: contract.name,
        passed: missingColumns.length === 0 && rows >= rowsMin &&
          violationShare <= violationShareMax,
        rows,
        missingColumns,
        violatingRows,
        violationShare,
        violationShareMax,
        violations: log.counts,
        examples: log.examples,
        duplicateRows,
        columns: columns.map(({ rule, column, counts, missing, watch }) => ({
          name: rule.name,
          column,
          type: rule.type,
          missing: missing.count,
          violations: counts,
          ...watch.summary(),
        })),
      };
    },
  };
}

/** What is wrong with a cell by itself; one that is right is summed up. */
function cellViolation(
  { rule, watch, missing }: WatchedColumn,
  cell: string,
  { isMissing, numberOf, timeOf }: CellReader,
): ViolationKind | undefined {
  if (isMissing(cell)) {
    missing.count++;
    return rule.missingAllowed ? undefined : "missing";
  }
  if (rule.type === "text") return undefined;
  const value = rule.type === "time" ? timeOf(cell) : numberOf(cell) ?? NaN;
  if (!Number.isFinite(value)) return "type";
  if (rule.type === "integer" && !Number.isInteger(value)) return "type";
  watch.add(value);
  return isWithin(rule.range, value) ? undefined : "range";
}
