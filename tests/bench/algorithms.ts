/**
 * How quick methods for rows are and how well they rank: `deno run -A tests/bench/algorithms.ts
 * [FOLDER [NAME …]]`, where FOLDER has labelled sets without time, as `scripts/evaluate.ts` reads
 * them, and NAMEs are of methods; all of them where there are none.
 */
import process from "node:process";
import { ALGORITHMS } from "../../scoring/algorithm/mod.ts";
import type { Algorithm } from "../../scoring/algorithm/mod.ts";
import { averagePrecision, markedRows, rocAuc } from "../../scoring/evaluate/mod.ts";
import type { Matrix } from "../../scoring/forest/mod.ts";
import { findCollections } from "../../scripts/evaluate/collection.ts";
import { readSubject } from "../../scripts/evaluate/subject.ts";
import { matrixOf } from "../../scripts/evaluate/table.ts";
import { tableText } from "../../scripts/kit/mod.ts";
import { bellRows, matrixOf as matrixOfRows, rowOf } from "../scoring/forest/rows.ts";
import { type SklearnSide, startSklearn } from "./algorithms/sklearn_side.ts";
import { atLeast, type Measure, told } from "./measure.ts";

const SEEDS = [1, 2, 3];
const ROWS = 100_000;
const COLUMNS = 10;
/** A hundred thousand rows within ten seconds, fit included. */
const ROWS_A_SECOND_MIN = 10_000;
/** Rows of a set that both libraries are fitted to: few enough for a subsample to hold all. */
const COMPARED_ROWS_MAX = 2000;

/** What both libraries have, with parameters under which they ask the same. */
const COMPARED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  isolation_forest: {},
  k_nearest_neighbours: { subsample: COMPARED_ROWS_MAX, samples: 1 },
  local_outlier_factor: { subsample: COMPARED_ROWS_MAX },
  one_class_svm: { subsample: COMPARED_ROWS_MAX },
};

interface LabelledSet {
  readonly rows: Matrix;
  readonly labels: Uint8Array;
}

/** Speed of all methods for rows, and with a folder of labelled sets how well they rank. */
export async function measureAlgorithms(
  folder?: string,
  names: readonly string[] = [],
): Promise<Measure[]> {
  const methods = ALGORITHMS.filter(({ input, name }) =>
    input === "rows" && (names.length === 0 || names.includes(name))
  );
  const measures = methods.map(measureSpeed);
  if (folder === undefined) return measures;
  const sets = await readSets(folder);
  for (const method of methods) measures.push(...measureRanks(method, sets));
  const sklearn = await startSklearn();
  if (!sklearn) return measures;
  for (const method of methods.filter(({ name }) => Object.hasOwn(COMPARED, name))) {
    measures.push(await compare(method, sets, sklearn));
  }
  await sklearn.stop();
  return measures;
}

function measureSpeed(method: Algorithm): Measure {
  const rows = bellRows(ROWS, COLUMNS, 1);
  const before = process.cpuUsage();
  method.fit(rows, { seed: 1 }).scoreBatch(rows);
  // Of the processor: what else runs meanwhile does not count.
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  return atLeast(`${method.name}, fit and score`, ROWS / seconds, "rows/s", {
    floor: ROWS_A_SECOND_MIN,
    goal: 2 * ROWS_A_SECOND_MIN,
  });
}

async function readSets(folder: string): Promise<LabelledSet[]> {
  const sets: LabelledSet[] = [];
  for (const { kind, series } of await findCollections(folder, undefined)) {
    if (kind !== "tabular") continue;
    for (const files of series) {
      const rows = matrixOf((await readSubject(kind, files)).table);
      sets.push({ rows, labels: markedRows(rows.rowCount, files.labels?.ranges ?? []) });
    }
  }
  return sets;
}

/** Means over sets and seeds, each method fitted to all rows without their labels. */
function measureRanks(method: Algorithm, sets: readonly LabelledSet[]): Measure[] {
  const figures = sets.flatMap(({ rows, labels }) =>
    SEEDS.map((seed) => {
      const scores = method.fit(rows, { seed }).scoreBatch(rows);
      return [rocAuc(scores, labels), averagePrecision(scores, labels)];
    })
  );
  return [
    told(`${method.name}, AUC`, meanOf(figures.map(([auc]) => auc)), "share"),
    told(`${method.name}, AP`, meanOf(figures.map(([, precision]) => precision)), "share"),
  ];
}

/** How near the mean AUC is to scikit-learn's, of the same rows. */
async function compare(
  method: Algorithm,
  sets: readonly LabelledSet[],
  sklearn: SklearnSide,
): Promise<Measure> {
  const differences: number[] = [];
  for (const set of sets) {
    const { rows, labels } = someRows(set);
    for (const seed of SEEDS) {
      const options = { seed, parameters: COMPARED[method.name] };
      const own = rocAuc(method.fit(rows, options).scoreBatch(rows), labels);
      const theirs = rocAuc(await sklearn.score(method.name, rows, seed), labels);
      if (Number.isFinite(own)) differences.push(own - theirs);
    }
  }
  const agreement = 1 - Math.abs(meanOf(differences));
  const name = `${method.name}, agreement in AUC with scikit-learn`;
  return atLeast(name, agreement, "share", { floor: 0.99, goal: 0.999 });
}

/** Evenly chosen rows of a set. */
function someRows({ rows, labels }: LabelledSet): LabelledSet {
  const count = Math.min(rows.rowCount, COMPARED_ROWS_MAX);
  const chosen = Array.from({ length: count }, (_, at) => Math.floor(at * rows.rowCount / count));
  return {
    rows: matrixOfRows(chosen.map((row) => Array.from(rowOf(rows, row))), rows.columnCount),
    labels: Uint8Array.from(chosen, (row) => labels[row]),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

if (import.meta.main) {
  const [folder, ...names] = Deno.args;
  const measures = await measureAlgorithms(folder, names);
  console.log(tableText(
    ["measure", "value", "unit", "floor", "ok"],
    measures.map(({ measure, value, unit, floor, ok }) => [
      measure,
      value,
      unit,
      floor ?? "-",
      ok ? "yes" : "NO",
    ]),
  ));
}
