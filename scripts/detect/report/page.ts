import type { Anomaly } from "../anomalies.ts";
import { sliceOf } from "../profile.ts";
import type { Detection } from "../run.ts";
import { countText, fileName } from "../text.ts";
import { scoreText } from "../words.ts";
import { numberTicks, type Tick, timeLabel } from "./axis.ts";
import { BEHAVIOUR } from "./behaviour.ts";
import { chartSvg, type Mark } from "./chart.ts";
import { escaped } from "./escape.ts";
import { anomalyTable, factsSection } from "./tables.ts";
import { STYLE } from "./style.ts";

/** Columns that have a plot, those that anomalies are made of the most. */
const PLOTS_MAX = 6;
const X_TICKS = 6;

/** Scripts and styles are in the page; nothing else is ever fetched. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

export function reportHtml(detection: Detection): string {
  const { table, anomalies, anomalyCount } = detection;
  const name = fileName(table);
  const listed = anomalies.length < anomalyCount
    ? ` <span class="faint">the ${anomalies.length} worst of ${anomalyCount}</span>`
    : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>Anomalies in ${escaped(name)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<div><h1>Anomalies in ${escaped(name)}</h1><p>${escaped(countText(detection))}.
${escaped(detection.algorithm)}, as ${escaped(detection.reason)}.</p></div>
<button id="theme" type="button">Light or dark</button>
</header>
<main>
${tiles(detection)}
<section><h2>Score</h2>${scoreChart(detection)}</section>
${columnSection(detection)}
<section><h2>Anomalies${listed}</h2>${anomalyTable(detection)}</section>
${factsSection(detection)}
</main>
<script>${BEHAVIOUR}</script>
</body>
</html>
`;
}

function tiles(detection: Detection): string {
  const { anomalyCount, anomalousRows, findings, threshold, anomalies } = detection;
  const worst = anomalies[0];
  const share = 100 * anomalousRows / Math.max(1, findings.judgedRows);
  const facts: readonly (readonly [string, string])[] = [
    [String(anomalyCount), anomalyCount === 1 ? "anomaly" : "anomalies"],
    [
      `${share.toFixed(share < 1 ? 2 : 1)} %`,
      `${anomalousRows} of ${findings.judgedRows} rows judged`,
    ],
    [worst ? scoreText(worst.score) : "none", `worst score, threshold ${scoreText(threshold)}`],
    [detection.algorithm, "algorithm"],
  ];
  return `<div class="tiles">${
    facts.map(([figure, what]) =>
      `<div><b${figure.length > 11 ? ' class="long"' : ""}>${escaped(figure)}</b><span>${
        escaped(what)
      }</span></div>`
    ).join("")
  }</div>`;
}

function scoreChart(detection: Detection): string {
  const { findings, threshold, anomalies } = detection;
  const { scores } = findings;
  return `<figure>${
    chartSvg({
      ...sharedChart(detection),
      title: "Score of each row with the threshold and the anomalies",
      // What counts of a slice is its worst row.
      profile: {
        ...scores,
        mean: scores.greatest.map((score) => score === -Infinity ? NaN : score),
      },
      threshold,
      marks: anomalies.map((anomaly, index) => markOf(detection, anomaly, index, anomaly.score)),
      height: 240,
    })
  }</figure>`;
}

function columnSection(detection: Detection): string {
  const plotted = plottedColumns(detection);
  if (plotted.length === 0) return "";
  const figures = plotted.map((column) => {
    const name = detection.columns[column];
    const profile = detection.findings.values[column];
    const marks = detection.anomalies.flatMap((anomaly, index) => {
      const value = anomaly.contributions.find((one) => one.column === name)?.value;
      return typeof value === "number" ? [markOf(detection, anomaly, index, value)] : [];
    });
    const title = `${name} over time, with the anomalies it takes part in`;
    const chart = { ...sharedChart(detection), title, profile, marks, height: 150 };
    return `<figure><figcaption>${escaped(name)}</figcaption>${chartSvg(chart)}</figure>`;
  });
  return `<section><h2>What the anomalies are made of</h2>${figures.join("")}</section>`;
}

/** Columns of numbers, by their part in all anomalies that are listed. */
function plottedColumns({ columns, categories, anomalies }: Detection): number[] {
  const parts = columns.map((name) =>
    anomalies.reduce(
      (sum, { contributions }) =>
        sum + (contributions.find(({ column }) => column === name)?.share ?? 0),
      0,
    )
  );
  return [...columns.keys()]
    .filter((column) => !categories.includes(columns[column]))
    .filter((column) => anomalies.length === 0 || parts[column] > 0)
    .sort((left, right) => parts[right] - parts[left] || left - right)
    .slice(0, PLOTS_MAX);
}

function sharedChart(detection: Detection) {
  const { table, anomalies, prefixRows, isSeries } = detection;
  const bands = anomalies.filter(({ row, lastRow }) => lastRow > row)
    .map(({ row, lastRow }) =>
      [sliceOf(row, table.rowCount), sliceOf(lastRow, table.rowCount)] as const
    );
  return {
    isLine: isSeries,
    xTicks: xTicks(detection),
    trainedUntil: sliceOf(prefixRows, table.rowCount),
    bands,
  };
}

function xTicks({ table, findings }: Detection): Tick[] {
  const slices = findings.scores.mean.length;
  const { times } = findings;
  if (!table.time) {
    return numberTicks(0, table.rowCount, X_TICKS)
      .map(({ at, label }) => ({ at: at * slices / table.rowCount, label }));
  }
  const isCount = table.time.kind === "count";
  const span = times[times.length - 1] - times[0];
  return Array.from({ length: X_TICKS + 1 }, (_, i) => {
    const at = slices * i / X_TICKS;
    const time = times[Math.min(slices - 1, Math.floor(at))];
    return { at, label: isCount ? String(time) : timeLabel(time, span) };
  });
}

function markOf({ table }: Detection, anomaly: Anomaly, index: number, value: number): Mark {
  const { peakRow, peakTime, score, severity } = anomaly;
  const slice = sliceOf(peakRow, table.rowCount);
  const label = `${peakTime ?? `Row ${peakRow}`}: score ${scoreText(score)}, ${severity}`;
  return { slice, value, target: `anomaly-${index + 1}`, label, severity };
}
