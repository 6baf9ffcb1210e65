import { tableText } from "../kit/mod.ts";
import type { Anomaly, Contribution } from "./anomalies.ts";
import type { TableFacts } from "./inspect.ts";
import type { Detection } from "./run.ts";

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

/** As `1 row` or `2 rows`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
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

export function scoreText(score: number): string {
  return score.toFixed(3);
}

/** As `flow 12.5 (expected 30.2) 84 %`. */
export function contributionText({ column, share, value, expected }: Contribution): string {
  return `${column} ${valueText(value)} (expected ${valueText(expected)}) ${percentText(share)}`;
}

export function percentText(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** A value with at most five digits. */
export function valueText(value: number | string | null): string {
  if (value === null) return "missing";
  return typeof value === "number" ? String(Number(value.toPrecision(5))) : value;
}
