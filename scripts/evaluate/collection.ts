import { UsageError } from "../kit/mod.ts";
import { type CollectionLabels, readLabels, type SeriesLabels } from "./labels.ts";
import { hasTimeColumn } from "./table.ts";

/**
 * How a collection is to be judged: `stream` without a training part, `prefix` with training rows at
 * the start of each series, `pair` with a train and a test file each, `tabular` without time.
 */
export type CollectionKind = "stream" | "prefix" | "pair" | "tabular";

/** One series of a collection, with where its rows are. */
export interface SeriesFiles {
  readonly name: string;
  /** File whose rows are scored. */
  readonly path: string;
  /** File of training rows, for a `pair`. */
  readonly trainPath: string | undefined;
  readonly labels: SeriesLabels | undefined;
}

export interface Collection {
  readonly name: string;
  readonly kind: CollectionKind;
  /** In order of their names. */
  readonly series: readonly SeriesFiles[];
  /** Files that labels.json does not name though it names others: not scored. */
  readonly unlabelled: readonly string[];
}

const CSV = /\.csv(?:\.gz)?$/;

/**
 * The collections below a folder: each sub-folder with CSV files is one.
 *
 * @param wanted Names of collections; all of them where undefined.
 * @throws {UsageError} when one that is wanted, or any at all, is not there.
 */
export async function findCollections(
  folder: string,
  wanted: readonly string[] | undefined,
): Promise<Collection[]> {
  const names = await subFoldersOf(folder);
  const missing = wanted?.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new UsageError(
      `Cannot evaluate collection "${missing}": "${folder}" has ${names.join(", ") || "none"}`,
    );
  }
  const found = await Promise.all(
    names.filter((name) => wanted?.includes(name) ?? true)
      .map((name) => openCollection(folder, name)),
  );
  const collections = found.filter(({ series }) => series.length > 0);
  if (collections.length > 0) return collections;
  throw new UsageError(`Cannot evaluate "${folder}": no folder in it has CSV files`);
}

async function subFoldersOf(folder: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entry of Deno.readDir(folder)) if (entry.isDirectory) names.push(entry.name);
    return names.sort();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot evaluate "${folder}": there is no such folder`, { cause: error });
  }
}

async function openCollection(parent: string, name: string): Promise<Collection> {
  const folder = `${parent}/${name}`;
  const files: string[] = [];
  for await (const entry of Deno.readDir(folder)) if (CSV.test(entry.name)) files.push(entry.name);
  const labels = await readLabels(folder);
  const all = seriesOf(folder, files.sort(), labels);
  const series = labels && all.some(({ labels }) => labels)
    ? all.filter(({ labels }) => labels)
    : all;
  const unlabelled = all.filter((one) => !series.includes(one)).map((one) => one.name);
  const header = series.length > 0 ? await headerOf(series[0].path) : "";
  return { name, kind: kindOf(series, header), series, unlabelled };
}

function seriesOf(
  folder: string,
  files: readonly string[],
  labels: CollectionLabels | undefined,
): SeriesFiles[] {
  const byStem = new Map(files.map((file) => [file.replace(CSV, ""), `${folder}/${file}`]));
  return [...byStem].filter(([stem]) => !isTrainFile(stem, byStem)).map(([stem, path]) => {
    const base = stem.replace(/\.test$/, "");
    const trainPath = base === stem ? undefined : byStem.get(`${base}.train`);
    const name = trainPath === undefined ? stem : base;
    return { name, path, trainPath, labels: labels?.get(name) };
  });
}

function isTrainFile(stem: string, byStem: ReadonlyMap<string, string>): boolean {
  return stem.endsWith(".train") && byStem.has(stem.replace(/\.train$/, ".test"));
}

/** From files and labels alone: pairs, else training rows told, else a time column or none. */
export function kindOf(series: readonly SeriesFiles[], header: string): CollectionKind {
  if (series.some(({ trainPath }) => trainPath !== undefined)) return "pair";
  const columns = header.split(",");
  if (!hasTimeColumn(columns)) return "tabular";
  if (series.some(({ labels }) => labels?.trainRows !== undefined)) return "prefix";
  // Without labels nothing tells how much is training; one that watches several metrics has some.
  return columns.length > 2 && series.every(({ labels }) => !labels) ? "prefix" : "stream";
}

async function headerOf(path: string): Promise<string> {
  const file = await Deno.open(path);
  const bytes: ReadableStream<Uint8Array<ArrayBuffer>> = path.endsWith(".gz")
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  let text = "";
  for await (const chunk of bytes.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.split(/\r?\n/, 1)[0];
}
