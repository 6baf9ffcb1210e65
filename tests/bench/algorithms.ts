/**
 * How quick methods are and how well they rank: `deno run -A tests/bench/algorithms.ts [FOLDER
 * [NAME …]]`, where FOLDER has labelled collections, as `scripts/evaluate.ts` reads them, and NAMEs
 * are of methods; all of them where there are none. With `--write` the figures go into
 * docs/algorithms.json, and less a margin into tests/scoring/algorithm/auc_floors.json.
 */
import process from "node:process";
import { type Algorithm, ALGORITHMS } from "../../scoring/algorithm/mod.ts";
import { rocAuc } from "../../scoring/evaluate/mod.ts";
import type { AlgorithmFigures } from "../../scripts/algorithms/figures.ts";
import { tableText } from "../../scripts/kit/mod.ts";
import { floorOf, readFloors } from "../scoring/algorithm/auc_floors.ts";
import {
  type LabelledSet,
  rankingOf,
  readLabelledSets,
  SEEDS,
  SMALL_SEEDS,
  SMALL_SETS,
} from "../scoring/algorithm/labelled_sets.ts";
import { bellRows, matrixOf as matrixOfRows, rowOf } from "../scoring/forest/rows.ts";
import { writeFigures } from "./algorithms/figures.ts";
import { measureSeries } from "./algorithms/series_figures.ts";
import { type SklearnSide, startSklearn } from "./algorithms/sklearn_side.ts";
import { atLeast, type Measure, told } from "./measure.ts";

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

/** What is measured of methods, by their names. */
export async function measureAlgorithms(
  folder?: string,
  names: readonly string[] = [],
): Promise<Map<string, AlgorithmFigures>> {
  const methods = ALGORITHMS.filter(({ name }) => names.length === 0 || names.includes(name));
  const sets = folder === undefined ? [] : await readLabelledSets(folder);
  const figures = new Map<string, AlgorithmFigures>();
  for (const method of methods) {
    if (method.input === "rows") figures.set(method.name, figuresOf(method, sets));
    else if (folder !== undefined) figures.set(method.name, await measureSeries(method, folder));
  }
  return figures;
}

function figuresOf(method: Algorithm, sets: readonly LabelledSet[]): AlgorithmFigures {
  return { rowsPerSecond: speedOf(method), ...(sets.length > 0 && ranksOf(method, sets)) };
}

/** Rows that are fitted and scored in a second of the processor: what else runs does not count. */
function speedOf(method: Algorithm): number {
  const rows = bellRows(ROWS, COLUMNS, 1);
  const before = process.cpuUsage();
  method.fit(rows, { seed: 1 }).scoreBatch(rows);
  const { user, system } = process.cpuUsage(before);
  return ROWS / ((user + system) / 1e6);
}

function ranksOf(method: Algorithm, sets: readonly LabelledSet[]): AlgorithmFigures {
  const small = sets.filter(({ name }) => SMALL_SETS.includes(name));
  const { auc, averagePrecision } = rankingOf(method, sets, SEEDS);
  return { auc, averagePrecision, smallAuc: rankingOf(method, small, SMALL_SEEDS).auc };
}

function measuresOf(figures: ReadonlyMap<string, AlgorithmFigures>): Measure[] {
  const floors = readFloors();
  return [...figures].flatMap(([name, { rowsPerSecond, auc, averagePrecision, series = {} }]) => {
    const measures: Measure[] = [];
    if (rowsPerSecond !== undefined) {
      const limits = { floor: ROWS_A_SECOND_MIN, goal: 2 * ROWS_A_SECOND_MIN };
      measures.push(atLeast(`${name}, fit and score`, rowsPerSecond, "rows/s", limits));
    }
    if (auc !== undefined && averagePrecision !== undefined) {
      const floor = floorOf(floors, "all", name);
      measures.push(atLeast(`${name}, AUC`, auc, "share", { floor, goal: floor + floors.margin }));
      measures.push(told(`${name}, AP`, averagePrecision, "share"));
    }
    for (const [collection, found] of Object.entries(series)) {
      measures.push(told(`${name}, AP on ${collection}`, found.averagePrecision, "share"));
    }
    return measures;
  });
}

/** How near the mean AUCs are to scikit-learn's, of the same rows. */
async function measureAgreement(folder: string, names: readonly string[]): Promise<Measure[]> {
  const sklearn = await startSklearn();
  if (!sklearn) return [];
  const sets = await readLabelledSets(folder);
  const methods = ALGORITHMS.filter(({ name }) => Object.hasOwn(COMPARED, name))
    .filter(({ name }) => names.length === 0 || names.includes(name));
  const measures: Measure[] = [];
  for (const method of methods) measures.push(await compare(method, sets, sklearn));
  await sklearn.stop();
  return measures;
}

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
  const agreement = 1 -
    Math.abs(differences.reduce((sum, one) => sum + one, 0)) / differences.length;
  const name = `${method.name}, agreement in AUC with scikit-learn`;
  return atLeast(name, agreement, "share", { floor: 0.99, goal: 0.999 });
}

/** Evenly chosen rows of a set. */
function someRows({ name, rows, labels }: LabelledSet): LabelledSet {
  const count = Math.min(rows.rowCount, COMPARED_ROWS_MAX);
  const chosen = Array.from({ length: count }, (_, at) => Math.floor(at * rows.rowCount / count));
  return {
    name,
    rows: matrixOfRows(chosen.map((row) => Array.from(rowOf(rows, row))), rows.columnCount),
    labels: Uint8Array.from(chosen, (row) => labels[row]),
  };
}

if (import.meta.main) {
  const isWritten = Deno.args.includes("--write");
  const [folder, ...names] = Deno.args.filter((argument) => argument !== "--write");
  const figures = await measureAlgorithms(folder, names);
  if (isWritten) await writeFigures(figures);
  const measures = measuresOf(figures);
  if (folder !== undefined) measures.push(...await measureAgreement(folder, names));
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
