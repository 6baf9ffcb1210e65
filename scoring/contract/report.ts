import type { ColumnSummary } from "./column_summary.ts";
import type { ColumnRule, ColumnType } from "./contract.ts";

/** A missing cell, one that is not of its type, a value out of range, a time that goes back. */
export const VIOLATION_KINDS = ["missing", "type", "range", "order"] as const;
export type ViolationKind = typeof VIOLATION_KINDS[number];
export type ViolationCounts = Readonly<Record<ViolationKind, number>>;

/** Violations of each kind that are told in full; all are counted. */
export const EXAMPLES_MAX = 20;

export interface Violation {
  readonly kind: ViolationKind;
  /** Name in the contract. */
  readonly column: string;
  /** Line of the file at which the row begins, counted from 1. */
  readonly line: number;
  /** The cell, cut where it is long. */
  readonly cell: string;
}

export interface ColumnReport extends ColumnSummary {
  /** Name in the contract. */
  readonly name: string;
  /** Name in the file. */
  readonly column: string;
  readonly type: ColumnType;
  readonly missing: number;
  readonly violations: ViolationCounts;
}

/** What a file is like, against a contract. */
export interface ContractReport {
  readonly contract: string;
  readonly passed: boolean;
  readonly rows: number;
  /** Required columns that the file does not have: with one, every row is a violation. */
  readonly missingColumns: readonly string[];
  readonly violatingRows: number;
  /** Of all rows, 0 to 1; passed up to and including the contract's. */
  readonly violationShare: number;
  readonly violationShareMax: number;
  readonly violations: ViolationCounts;
  /** The first of each kind. */
  readonly examples: readonly Violation[];
  /** Rows that are the same as one shortly before; told, and no violation. */
  readonly duplicateRows: number;
  /** Columns of the contract that the file has. */
  readonly columns: readonly ColumnReport[];
}

const CELL_LENGTH_MAX = 80;

/** Counts of one column or of all, and the first of each kind. */
export interface ViolationLog {
  readonly counts: Record<ViolationKind, number>;
  add(violation: Violation): void;
  readonly examples: readonly Violation[];
}

export function noViolations(): Record<ViolationKind, number> {
  return { missing: 0, type: 0, range: 0, order: 0 };
}

export function createViolationLog(): ViolationLog {
  const counts = noViolations();
  const examples: Violation[] = [];
  return {
    counts,
    examples,
    add(violation) {
      if (counts[violation.kind]++ >= EXAMPLES_MAX) return;
      examples.push({ ...violation, cell: violation.cell.slice(0, CELL_LENGTH_MAX) });
    },
  };
}

/** A column of the contract as the file has it. */
export interface FoundColumn {
  readonly rule: ColumnRule;
  /** Index in the file, −1 where it has none. */
  readonly index: number;
  /** Name in the file. */
  readonly column: string;
}

/** Finds the contract's columns in a header; names differ neither by case nor by blanks around them. */
export function findColumns(
  rules: readonly ColumnRule[],
  header: readonly string[],
): FoundColumn[] {
  const names = header.map((name) => name.trim().toLowerCase());
  return rules.map((rule) => {
    const known = [rule.name, ...rule.aliases].map((name) => names.indexOf(name.toLowerCase()));
    const index = known.find((one) => one >= 0) ?? -1;
    return { rule, index, column: header[index]?.trim() ?? "" };
  });
}
