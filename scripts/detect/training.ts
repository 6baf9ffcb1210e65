import type { Algorithm } from "../../scoring/algorithm/mod.ts";
import type { Matrix } from "../../scoring/forest/mod.ts";
import { createRandom } from "../../scoring/numeric/mod.ts";
import { readCsv } from "../kit/mod.ts";
import { createRowBuffer, type UsedColumn } from "./encoder.ts";
import type { TableFacts } from "./inspect.ts";
import { counted } from "./words.ts";

/** Rows that a method is fitted to. */
export interface Training {
  readonly columns: readonly UsedColumn[];
  readonly rows: Matrix;
  /** Rows of the data, from its first, that are for training and are not judged. */
  readonly prefixRows: number;
  /** How the rows were chosen, as the rest of a sentence. */
  readonly told: string;
}

/** Numbers that are held for training at most: 80 MB. */
const TRAINING_CELLS_MAX = 20_000_000;
/** More independent records teach a method nothing, and cost time. */
const SAMPLE_ROWS_MAX = 100_000;
/** A single metric is learned as it comes: its first rows only tell its range (as NAB probes). */
const STREAM_SHARE = 0.15;
const STREAM_ROWS_MAX = 750;
/** Without a file to train on, the first part of a run counts as being in order. */
const PREFIX_SHARE = 1 / 3;

export interface TrainingOptions {
  readonly names: readonly string[];
  readonly seed: number;
  /** First rows of the data to train on, where they were told. */
  readonly trainRows: number | undefined;
}

/** Reads the rows to train on: another file's, a sample of all, or the first ones of the data. */
export async function readTraining(
  algorithm: Algorithm,
  data: TableFacts,
  train: TableFacts | undefined,
  options: TrainingOptions,
): Promise<Training> {
  const { names, seed } = options;
  const table = train ?? data;
  const most = Math.floor(TRAINING_CELLS_MAX / names.length);
  if (algorithm.input === "rows" && options.trainRows === undefined) {
    const wanted = Math.min(table.rowCount, most, SAMPLE_ROWS_MAX);
    const rows = await readRows(table, names, wanted, sampler(table.rowCount, wanted, seed));
    const what = wanted === table.rowCount
      ? `all ${counted(wanted, "row")}`
      : `a sample of ${wanted} rows`;
    return { ...rows, prefixRows: 0, told: train ? `${what} of the training file` : what };
  }
  const wanted = Math.min(train ? table.rowCount : prefixRows(data, options), most);
  const rows = await readRows(table, names, wanted, (row) => row < wanted);
  const told = train
    ? `${counted(wanted, "row")} of the training file`
    : `the first ${counted(wanted, "row")}`;
  return { ...rows, prefixRows: train ? 0 : wanted, told };
}

function prefixRows({ rowCount }: TableFacts, { names, trainRows }: TrainingOptions): number {
  const share = names.length === 1
    ? Math.min(STREAM_ROWS_MAX, Math.floor(rowCount * STREAM_SHARE))
    : Math.floor(rowCount * PREFIX_SHARE);
  return Math.max(1, Math.min(rowCount, trainRows ?? share));
}

/** Picks exactly so many of all rows, each as likely, in their order (Knuth's algorithm S). */
function sampler(rowCount: number, wanted: number, seed: number): (row: number) => boolean {
  const random = createRandom(seed);
  let left = wanted;
  return (row) => {
    if (left === 0 || random.nextFloat() * (rowCount - row) >= left) return false;
    left--;
    return true;
  };
}

async function readRows(
  table: TableFacts,
  names: readonly string[],
  rowsMax: number,
  isWanted: (row: number) => boolean,
): Promise<{ columns: readonly UsedColumn[]; rows: Matrix }> {
  const buffer = createRowBuffer(table, names, rowsMax);
  let row = -1;
  let taken = 0;
  for await (const records of readCsv(table.path)) {
    for (const { line, cells } of records) {
      // The first record is the header.
      if (row++ < 0 || !isWanted(row - 1)) continue;
      buffer.add(cells, line);
      taken++;
    }
    if (taken === rowsMax) break;
  }
  return buffer.finish();
}
