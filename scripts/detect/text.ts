import { tableText } from "../kit/mod.ts";
import type { Anomaly, Contribution } from "./anomalies.ts";
import type { TableFacts } from "./inspect.ts";
import type { Detection } from "./run.ts";
import { counted, percentText, scoreText, valueText } from "./words.ts";

/** What was done and found, for a terminal. */
export function detectionText(detection: Detection): string {
  const { table, anomalies, anomalyCount } = detection;
  const lines = [
    `${table.path}: ${counted(table.rowCount, "row")}, ` +
    `${counted(detection.columns.length, "column")} used`,
    `Algorithm ${detection.algorithm}, as ${detection.reason}; trained on ${detection.trainedOn}; ` +
    `seed ${detection.seed}`,
    `Threshold ${scoreText(detection.threshold)}: ${detection.thresholdTold}`,
    ...detection.notes,
    "",
    countText(detection),
  ];
  if (anomalies.length > 0) lines.push("", anomalyTable(detection));
  if (anomalies.length < anomalyCount) {
    lines.push("", `The ${anomalies.length} worst are listed; --top N lists more`);
  }
  return lines.join("\n");
}

/** Name of a file without its folders, which are nobody else's business. */
export function fileName({ path }: TableFacts): string {
  return path.split(/[\\/]/).at(-1)!;
}

export function countText({ anomalyCount, anomalousRows, findings }: Detection): string {
  const rows = anomalousRows === anomalyCount ? "" : ` over ${counted(anomalousRows, "row")}`;
  const anomalies = anomalyCount === 1 ? "1 anomaly" : `${anomalyCount} anomalies`;
  return `${anomalies}${rows} among ${counted(findings.judgedRows, "row")} judged`;
}

function anomalyTable({ table, anomalies }: Detection): string {
  const hasTime = table.time !== undefined;
  return tableText(
    ["row", ...(hasTime ? ["time"] : []), "rows", "score", "severity", "made of"],
    anomalies.map((anomaly) => [
      anomaly.row,
      ...(hasTime ? [anomaly.time ?? ""] : []),
      rowsOf(anomaly),
      scoreText(anomaly.score),
      anomaly.severity,
      anomaly.contributions.map(contributionText).join("; "),
    ]),
  );
}

export function rowsOf({ row, lastRow }: Anomaly): number {
  return lastRow - row + 1;
}

/** As `flow 12.5 (expected 30.2) 84 %`. */
export function contributionText({ column, share, value, expected }: Contribution): string {
  return `${column} ${valueText(value)} (expected ${valueText(expected)}) ${percentText(share)}`;
}
