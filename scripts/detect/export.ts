import type { Detection } from "./run.ts";
import { rowsOf } from "./text.ts";

/** All that programs are told: the facts and the worst anomalies, without what plots need. */
export function detectionJson(detection: Detection) {
  const { table, findings, anomalies, anomalyCount, ...rest } = detection;
  return {
    data: table.path,
    rows: table.rowCount,
    judgedRows: findings.judgedRows,
    ...rest,
    timeColumn: table.time === undefined ? null : table.columns[table.time.column].name,
    missing: Object.fromEntries(table.columns.map(({ name, missing }) => [name, missing])),
    anomalyCount,
    anomalies,
  };
}

const HEADER = [
  "row",
  "line",
  "time",
  "rows",
  "last_time",
  "score",
  "threshold",
  "severity",
  "column",
  "share",
  "value",
  "expected",
];

/** One line an anomaly, with its greatest contribution. */
export function detectionCsv({ anomalies }: Detection): string {
  const lines = anomalies.map((anomaly) => {
    const { row, line, time, lastTime, score, threshold, severity, contributions } = anomaly;
    const { column, share, value, expected } = contributions[0] ?? {};
    const facts = [row, line, time, rowsOf(anomaly), lastTime, score, threshold, severity];
    return [...facts, column, share, value, expected].map(csvCell).join(",");
  });
  return [HEADER.join(","), ...lines].join("\n");
}

/** A text that a spreadsheet would run as a formula begins with a quote mark. */
function csvCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
