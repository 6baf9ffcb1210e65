import { ALGORITHMS } from "../../scoring/algorithm/mod.ts";
import { scoreByPlainForest } from "./plain.ts";
import { type Collection, findCollections, type SeriesFiles } from "./collection.ts";
import { type Figures, type LabelledSeries, measure, rangesOf } from "./measure.ts";
import { scoreByProduct } from "./product.ts";
import { readSubject, type Scored, type Subject } from "./subject.ts";
import { scoreTabular } from "./tabular.ts";

/**
 * What may score: `default` is what ships, `plain` is the field's isolation forest on raw columns, to
 * compare with, the others are methods by their names.
 */
export const SCORED_BY: readonly string[] = [
  "default",
  "plain",
  ...ALGORITHMS.filter(({ isLearner }) => !isLearner).map(({ name }) => name),
];

export interface EvaluateOptions {
  /** Folder with a sub-folder for each collection. */
  readonly data: string;
  /** Names of collections; all where undefined. */
  readonly collections: readonly string[] | undefined;
  /** Folder for score files; none are written where undefined. */
  readonly out: string | undefined;
  readonly seed: number;
  /** One of `SCORED_BY`. */
  readonly algorithm: string;
  /** Milliseconds of a clock that only goes on. */
  readonly nowMs: () => number;
  readonly onScored: (collection: string, series: string) => void;
}

/** What evaluating one collection has given. */
export interface CollectionResult {
  readonly collection: string;
  readonly kind: Collection["kind"];
  readonly series: number;
  readonly skipped: readonly string[];
  /** Rows that were read, training rows included. */
  readonly rows: number;
  /** Rows times their metrics. */
  readonly cells: number;
  /** Time to fit and score, without reading and measuring. */
  readonly seconds: number;
  /** Empty where there are no labels. */
  readonly figures: Figures;
}

/** Scores every series of every collection, writes score files and measures what has labels. */
export async function evaluate(options: EvaluateOptions): Promise<CollectionResult[]> {
  const collections = await findCollections(options.data, options.collections);
  const results: CollectionResult[] = [];
  for (const collection of collections) results.push(await evaluateCollection(collection, options));
  return results;
}

async function evaluateCollection(
  collection: Collection,
  options: EvaluateOptions,
): Promise<CollectionResult> {
  const { name, kind, series } = collection;
  const labelled: LabelledSeries[] = [];
  const total = { rows: 0, cells: 0, ms: 0 };
  for (const files of series) {
    const subject = await readSubject(kind, files);
    const startedMs = options.nowMs();
    const scored = score(subject, options);
    total.ms += options.nowMs() - startedMs;
    total.rows += subject.table.rowCount;
    total.cells += subject.table.rowCount * subject.table.columns.length;
    if (options.out !== undefined) await writeScores(options.out, name, files, scored);
    const ranges = files.labels && rangesOf(files.labels, kind, subject.scoredFrom);
    if (ranges) labelled.push({ scored, ranges });
    options.onScored(name, files.name);
  }
  return {
    collection: name,
    kind,
    series: series.length,
    skipped: collection.unlabelled,
    rows: total.rows,
    cells: total.cells,
    seconds: total.ms / 1000,
    figures: labelled.length === 0 ? {} : measure(kind, labelled),
  };
}

function score(subject: Subject, { algorithm: asked, seed }: EvaluateOptions): Scored {
  if (asked === "plain") return scoreByPlainForest(subject, seed);
  const algorithm = asked === "default" ? undefined : asked;
  return subject.kind === "tabular"
    ? scoreTabular(subject, seed, algorithm)
    : scoreByProduct(subject, seed, { algorithm });
}

async function writeScores(
  out: string,
  collection: string,
  { name }: SeriesFiles,
  { scores, alerts }: Scored,
): Promise<void> {
  await Deno.mkdir(`${out}/${collection}`, { recursive: true });
  const lines = Array.from(scores, (score, row) => `${score},${alerts[row]}`);
  const text = ["score,alert", ...lines, ""].join("\n");
  await Deno.writeTextFile(`${out}/${collection}/${name}.csv`, text);
}
