import * as z from "zod/mini";
import type { RowRange } from "../../scoring/evaluate/mod.ts";
import { UsageError } from "../kit/mod.ts";

const rowNumber = z.int().check(z.nonnegative());
const rowRange = z.tuple([rowNumber, rowNumber]);
const SERIES = z.object({
  rows: z.optional(rowNumber),
  train_rows: z.optional(rowNumber),
  windows: z.optional(z.array(rowRange)),
  ranges: z.optional(z.array(rowRange)),
  anomalies: z.optional(z.array(rowNumber)),
});
const LABELS = z.record(z.string(), SERIES);

/** What a collection's labels.json says of one series. */
export interface SeriesLabels {
  /** Rows of the series, or of its test file, that the labels were made for. */
  readonly rows: number | undefined;
  /** Rows of training at the start of the series or in its train file. */
  readonly trainRows: number | undefined;
  /** Labelled ranges of rows; undefined where it tells none, as of a set without labels. */
  readonly ranges: readonly RowRange[] | undefined;
}

/** Labels by series; undefined when the folder has none. */
export type CollectionLabels = ReadonlyMap<string, SeriesLabels>;

/** @throws {UsageError} when the folder's labels.json is not of the format. */
export async function readLabels(folder: string): Promise<CollectionLabels | undefined> {
  const path = `${folder}/labels.json`;
  try {
    return parseLabels(await Deno.readTextFile(path), path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** @throws {UsageError} when the text is not JSON or not of the format. */
export function parseLabels(text: string, name: string): CollectionLabels {
  const parsed = z.safeParse(LABELS, jsonOf(text, name));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new UsageError(`Cannot read ${name} at ${path.join(".")}: ${message}`);
  }
  return new Map(Object.entries(parsed.data).map(([series, told]) => [series, labelsOf(told)]));
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`Cannot read ${name}: ${error.message}`, { cause: error });
  }
}

/** Windows, ranges or single rows, whichever there are. */
function labelsOf(
  told: z.infer<typeof SERIES>,
): SeriesLabels {
  const { rows, windows, ranges, anomalies } = told;
  const single = anomalies?.map((row): RowRange => [row, row]);
  return { rows, trainRows: told.train_rows, ranges: windows ?? ranges ?? single };
}
