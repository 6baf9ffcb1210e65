import type { Anomaly, Contribution } from "../anomalies.ts";
import type { Detection } from "../run.ts";
import { fileName, rowsOf } from "../text.ts";
import { percentText, scoreText, valueText } from "../words.ts";
import { escaped } from "./escape.ts";

/** The anomalies, each column to be sorted by. */
export function anomalyTable({ anomalies, table, isSeries }: Detection): string {
  if (anomalies.length === 0) return `<p class="faint">No row passed the threshold.</p>`;
  const hasTime = table.time !== undefined;
  const heads = [
    head("Row", "number"),
    ...(hasTime ? [head("Time", "text")] : []),
    ...(isSeries ? [head("Rows", "number")] : []),
    head("Score", "number", "descending"),
    head("Severity", "number"),
    '<th class="wide">Made of</th>',
  ];
  const rows = anomalies.map((anomaly, index) => {
    const { row, time, score, severity, contributions } = anomaly;
    return `<tr id="anomaly-${index + 1}" tabindex="-1">${
      [
        numberCell(String(row), row),
        ...(hasTime ? [`<td>${escaped(timeText(anomaly, time))}</td>`] : []),
        ...(isSeries ? [numberCell(String(rowsOf(anomaly)), rowsOf(anomaly))] : []),
        numberCell(scoreText(score), score),
        `<td data-key="${RANKS[severity]}"><span class="severity ${severity.toLowerCase()}">${
          escaped(severity)
        }</span></td>`,
        `<td><div class="parts">${contributions.map(partHtml).join("")}</div></td>`,
      ].join("")
    }</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${heads.join("")}</tr></thead><tbody>${
    rows.join("")
  }</tbody></table></div>`;
}

const RANKS = { LOW: 0, MEDIUM: 1, HIGH: 2, CRITICAL: 3 } as const;

/** From when to when; what both have in common is told once. */
function timeText({ lastRow, row, lastTime }: Anomaly, time: string | null): string {
  const first = plainTime(time);
  if (lastRow === row) return first;
  const last = plainTime(lastTime);
  const isSameDay = first.length > DATE_LENGTH &&
    first.slice(0, DATE_LENGTH) === last.slice(0, DATE_LENGTH);
  return `${first} to ${isSameDay ? last.slice(DATE_LENGTH) : last}`;
}

/** A date, the time of day behind it, and a space between them. */
const DATE_LENGTH = "2026-01-05 ".length;

function plainTime(time: string | null): string {
  return (time ?? "").replace(/^(\d{4}-\d\d-\d\d)T([\d:]+)(?:\.000)?Z$/, "$1 $2");
}

function head(label: string, sort: "number" | "text", sorted?: string): string {
  const state = sorted === undefined ? "" : ` aria-sort="${sorted}"`;
  const side = sort === "number" && label !== "Severity" ? ' class="number"' : "";
  return `<th data-sort="${sort}"${side}${state}><button type="button">${label}</button></th>`;
}

function numberCell(text: string, key: number): string {
  return `<td class="number" data-key="${key}">${escaped(text)}</td>`;
}

function partHtml({ column, share, value, expected }: Contribution): string {
  const percent = percentText(share);
  return `<div class="part"><div class="bar" title="${percent}"><i style="width:${
    Math.round(100 * share)
  }%"></i></div><div>${escaped(column)} <b>${
    escaped(valueText(value))
  }</b> <span class="faint">expected ${
    escaped(valueText(expected))
  }, ${percent}</span></div></div>`;
}

/** What the data are and what was done with them. */
export function factsSection(detection: Detection): string {
  const { table, parameters, notes } = detection;
  const time = table.time && table.columns[table.time.column].name;
  const facts: readonly (readonly [string, string])[] = [
    ["File", fileName(table)],
    ["Rows", String(table.rowCount)],
    ["Time column", time ?? "none"],
    ["Algorithm", detection.algorithm],
    ["Parameters", Object.entries(parameters).map(([key, value]) => `${key} ${value}`).join(", ")],
    ["Trained on", detection.trainedOn],
    ["Threshold", `${scoreText(detection.threshold)}: ${detection.thresholdTold}`],
    ["Seed", String(detection.seed)],
    ...notes.map((note) => ["Note", note] as const),
  ];
  const rows = table.columns.map(({ name, kind, missing, infinite }) =>
    `<tr><td>${escaped(name)}</td><td>${escaped(kind)}</td>${numberCell(String(missing), missing)}${
      numberCell(String(infinite), infinite)
    }</tr>`
  );
  return `<section><h2>Data</h2><dl>${
    facts.map(([term, text]) => `<dt>${escaped(term)}</dt><dd>${escaped(text || "none")}</dd>`)
      .join("")
  }</dl><div class="scroll"><table><thead><tr>${
    [
      head("Column", "text"),
      head("Kind", "text"),
      head("Missing", "number"),
      head("Infinite", "number"),
    ].join("")
  }</tr></thead><tbody>${rows.join("")}</tbody></table></div></section>`;
}
