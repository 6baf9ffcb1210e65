import type { Algorithm } from "../../scoring/algorithm/mod.ts";
import { ADVICE } from "./advice.ts";
import type { AlgorithmFigures, FigureTable } from "./figures.ts";
import { markdownTable, wrapped } from "./markdown.ts";

/** The page that helps to choose, from the list of algorithms and what was measured of them. */
export function guideText(algorithms: readonly Algorithm[], figures: FigureTable): string {
  return [
    "<!-- deno-fmt-ignore-file -->",
    "<!-- Written by `deno task algorithms`: change scripts/algorithms/, not this page. -->",
    "# Which algorithm when",
    wrapped(
      "What `deno task detect`, detectors and presets may be told to use. Where nothing is told, the " +
        "data decide, and the answer says why. An algorithm of your own is welcome too: " +
        "[custom_algorithm.md](custom_algorithm.md).",
    ),
    adviceTable(figures),
    wrapped(
      "AUC and rows per second are of the tables below. A detector's forest has a part for each " +
        "period of the week that has enough rows; other algorithms have one for all of them.",
    ),
    "## How well and how quickly",
    rowsText(algorithms, figures),
    seriesText(algorithms, figures),
    "## Each of them",
    ...algorithms.map(described),
  ].join("\n\n") + "\n";
}

function adviceTable(figures: FigureTable): string {
  const rows = ADVICE.map(({ have, take, why }) => [
    have,
    `[\`${take}\`](#${take})`,
    [why, shortFigures(figures[take] ?? {})].filter((text) => text !== "").join("; "),
  ]);
  return markdownTable(["you have", "take", "because"], rows);
}

function shortFigures({ auc, rowsPerSecond }: AlgorithmFigures): string {
  // A rule does not rank rows, so its AUC says nothing.
  if (auc === undefined || rowsPerSecond === undefined || auc === 0.5) return "";
  return `AUC ${share(auc)}, ${thousands(rowsPerSecond)} rows/s`;
}

function rowsText(algorithms: readonly Algorithm[], figures: FigureTable): string {
  const measured = algorithms.map(({ name }) => ({ name, ...figures[name] }))
    .filter(({ auc }) => auc !== undefined)
    .sort((left, right) => right.auc! - left.auc!);
  const rows = measured.map(({ name, auc, averagePrecision, rowsPerSecond }) => [
    `\`${name}\``,
    share(auc),
    share(averagePrecision),
    thousands(rowsPerSecond ?? 0),
  ]);
  return [
    "### Records without time",
    wrapped(
      "Means over the 22 ADBench sets of `deno task evaluate`, seeds 1 to 3, each method with its " +
        "defaults, fitted to all rows of a set without their labels. Rows per second: 100,000 rows " +
        "of ten columns, fitted and scored, by the time of one processor. Command: `deno run -A " +
        "tests/bench/algorithms.ts DIR --write`.",
    ),
    markdownTable(["method", "-AUC", "-average precision", "-rows/s"], rows),
  ].join("\n\n");
}

function seriesText(algorithms: readonly Algorithm[], figures: FigureTable): string {
  const measured = algorithms.filter(({ name }) => figures[name]?.series);
  const collections = [...new Set(measured.flatMap(({ name }) => Object.keys(seriesOf(name))))];
  const rows = measured.map(({ name }) => [
    `\`${name}\``,
    scoreText(seriesOf(name).nab?.nabScore),
    ...collections.map((collection) => share(seriesOf(name)[collection]?.averagePrecision)),
  ]);
  return [
    "### Series",
    wrapped(
      "Each method as the detector of every series, with what ships around it: features, " +
        "calibration, incidents. NAB's standard score at the best threshold, and average precision; " +
        "seed 1. The collections of several metrics a series (all but nab) are of devices and " +
        "services. The same command; `deno task evaluate -- --algorithm NAME` gives all measures.",
    ),
    markdownTable(["method", "-NAB score", ...collections.map((name) => `-${name}`)], rows),
    wrapped(
      "The shipped defaults were chosen on labelled public series, which take part in these tables: " +
        "they compare methods and are no test on unseen data.",
    ),
  ].join("\n\n");

  function seriesOf(name: string) {
    return figures[name]?.series ?? {};
  }
}

function described({ name, input, isLearner, source, parameters }: Algorithm): string {
  const told = Object.entries(parameters).map(([key, rule]) => [
    `\`${key}\``,
    String(rule.default),
    `${rule.min} to ${rule.max}`,
    rule.help,
  ]);
  return [
    `### ${name}`,
    wrapped(`${INPUTS[input]}${isLearner ? " It learns each row that it scores." : ""} ${source}.`),
    told.length === 0
      ? "No parameters."
      : markdownTable(["parameter", "-default", "-range", "what it does"], told),
  ].join("\n\n");
}

const INPUTS: Readonly<Record<Algorithm["input"], string>> = {
  rows: "Judges each row by itself.",
  series: "Judges rows in order of time.",
};

function share(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(3);
}

function scoreText(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(1);
}

/** As 12,300: three digits, as more say nothing of another machine. */
function thousands(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US");
}
