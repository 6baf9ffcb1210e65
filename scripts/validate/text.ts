import {
  type ColumnReport,
  type ContractReport,
  VIOLATION_KINDS,
} from "../../scoring/contract/mod.ts";
import { tableText } from "../kit/mod.ts";

/** A report for people: a row for each column, the first violations, the verdict last. */
export function reportText(report: ContractReport): string {
  const parts = [tableText(HEAD, report.columns.map(columnRow))];
  if (report.examples.length > 0) {
    const rows = report.examples.map(({ line, column, kind, cell }) => [line, column, kind, cell]);
    parts.push(tableText(["line", "column", "violation", "cell"], rows));
  }
  if (report.missingColumns.length > 0) {
    parts.push(`Required columns that are not there: ${report.missingColumns.join(", ")}`);
  }
  parts.push(verdictText(report));
  return parts.join("\n\n");
}

const HEAD = [
  "column",
  "values",
  "missing",
  ...VIOLATION_KINDS.map((kind) => `! ${kind}`),
  "min",
  "median",
  "mean",
  "max",
  "outliers",
];

function columnRow(column: ColumnReport): (string | number)[] {
  const isTime = column.type === "time";
  const figure = (value: number | undefined) =>
    value === undefined ? "-" : isTime ? timeText(value) : String(Number(value.toPrecision(6)));
  return [
    column.name,
    column.values,
    column.missing,
    ...VIOLATION_KINDS.map((kind) => column.violations[kind]),
    ...[column.min, column.median, column.mean, column.max].map(figure),
    isTime ? "-" : column.outliers?.count ?? "-",
  ];
}

/** A count that is no time of a calendar stays a number. */
function timeText(at: number): string {
  const date = new Date(at);
  return at >= 1e11 && !Number.isNaN(date.getTime()) ? date.toISOString() : String(at);
}

function verdictText(report: ContractReport): string {
  const { passed, rows, violatingRows, violationShare, violationShareMax, duplicateRows } = report;
  const share = `${Number((100 * violationShare).toPrecision(4))} %`;
  return `${
    passed ? "PASS" : "FAIL"
  }: ${violatingRows} of ${rows} rows (${share}) violate contract ` +
    `"${report.contract}", ${Number((100 * violationShareMax).toPrecision(4))} % may; ` +
    `${duplicateRows} rows are duplicates`;
}
