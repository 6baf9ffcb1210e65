import type { Algorithm } from "../../scoring/algorithm/mod.ts";
import type { Matrix } from "../../scoring/forest/mod.ts";
import { UsageError } from "../kit/mod.ts";
import type { Anomaly } from "./anomalies.ts";
import { chooseAlgorithm } from "./choice.ts";
import { checkParameters, type DetectorFile } from "./detector.ts";
import { usedNames } from "./encoder.ts";
import { inspectTable, type TableFacts } from "./inspect.ts";
import { fitScale } from "./scale.ts";
import { type Findings, scoreRows } from "./score_rows.ts";
import { readTraining, type Training } from "./training.ts";

export interface DetectOptions {
  /** File whose rows are judged. */
  readonly data: string;
  /** File of rows in order to train on. */
  readonly train: string | undefined;
  readonly trainRows: number | undefined;
  readonly detector: Partial<DetectorFile>;
  readonly seed: number;
  /** Anomalies that are told of, the worst ones. */
  readonly top: number;
  readonly algorithms: readonly Algorithm[];
}

/** What was detected in a file, and how. */
export interface Detection {
  readonly algorithm: string;
  /** Why the algorithm was chosen, as the rest of a sentence. */
  readonly reason: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Rows were judged in their order, not each by itself. */
  readonly isSeries: boolean;
  readonly seed: number;
  readonly table: TableFacts;
  readonly columns: readonly string[];
  readonly categories: readonly string[];
  /** What it was fitted to, as the rest of a sentence. */
  readonly trainedOn: string;
  readonly trainingRows: number;
  readonly prefixRows: number;
  readonly threshold: number;
  readonly thresholdTold: string;
  readonly anomalyCount: number;
  readonly anomalousRows: number;
  readonly anomalies: readonly Anomaly[];
  readonly notes: readonly string[];
  readonly findings: Findings;
}

/**
 * Detects anomalies in a file, with what suits its data unless a detector says otherwise. The file is
 * read three times, so that it need not fit into memory: to know it, to fit, to score.
 *
 * @throws {UsageError} naming what of the files or of the detector cannot be used.
 */
export async function detect(options: DetectOptions): Promise<Detection> {
  const { detector, seed, algorithms } = options;
  const table = await inspectTable(options.data, detector.timeColumn);
  const train = options.train === undefined ? undefined : await inspectTable(options.train);
  const names = usedNames(table, detector.columns);
  const { algorithm, reason } = chooseAlgorithm(algorithms, detector.algorithm, {
    hasTime: table.time !== undefined,
    metrics: names.length,
    hasTrain: train !== undefined,
  });
  const parameters = checkParameters(algorithm, detector.parameters);
  const training = await readTraining(algorithm, table, train, {
    names,
    seed,
    trainRows: options.trainRows,
  });
  const { fitted, scale } = fit(algorithm, training, table, { ...options, parameters });
  const findings = await scoreRows({
    table,
    training,
    fitted,
    scale,
    algorithm,
    isForeign: train !== undefined,
    top: options.top,
  });
  return {
    algorithm: algorithm.name,
    reason,
    parameters,
    isSeries: algorithm.input === "series",
    seed,
    table,
    columns: names,
    categories: training.columns.filter(({ codes }) => codes).map(({ name }) => name),
    trainedOn: training.told,
    trainingRows: training.rows.rowCount,
    prefixRows: training.prefixRows,
    threshold: scale.threshold,
    thresholdTold: scale.told,
    anomalyCount: findings.count,
    anomalousRows: findings.rows,
    anomalies: findings.worst,
    notes: notesOf(table, algorithm, findings),
    findings,
  };
}

function fit(
  algorithm: Algorithm,
  { rows }: Training,
  { time }: TableFacts,
  { seed, parameters, detector }: DetectOptions & { parameters: Readonly<Record<string, number>> },
) {
  const { threshold, contamination } = detector;
  const fitTo = (some: Matrix) => algorithm.fit(some, { seed, parameters, rowMs: time?.rowMs });
  try {
    const fitted = fitTo(rows);
    const half = Math.floor(rows.rowCount / 2);
    // A learner finds nothing in rows that it has learned: those of the second half are new to it.
    const judged = algorithm.isLearner && half > 0
      ? { fitted: fitTo(rowsOf(rows, 0, half)), rows: rowsOf(rows, half, rows.rowCount) }
      : { fitted, rows };
    return { fitted, scale: fitScale(judged.fitted, judged.rows, { threshold, contamination }) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`Cannot fit ${algorithm.name}: ${error.message}`);
  }
}

function rowsOf({ data, columnCount }: Matrix, from: number, to: number): Matrix {
  const some = data.subarray(from * columnCount, to * columnCount);
  return { data: some, rowCount: to - from, columnCount };
}

function notesOf(table: TableFacts, algorithm: Algorithm, findings: Findings): string[] {
  const { time, columns } = table;
  const skipped = columns.filter(({ kind }) => kind === "skipped").map(({ name }) => name);
  const infinite = columns.filter((one) => one.infinite > 0).map(({ name }) => name);
  const inSeries = algorithm.input === "series";
  return [
    skipped.length > 0 &&
    `Not used, as they hold names, free text or nothing: ${skipped.join(", ")}`,
    infinite.length > 0 && `Infinite values are in: ${infinite.join(", ")}`,
    inSeries && time && time.backwards > 0 &&
    `${time.backwards} rows have an earlier time than the row above: they are taken as they stand`,
    inSeries && !time && "There is no time column: rows are taken in the order of the file",
    findings.judgedRows === 0 && "No row could be judged: there are too few of them",
  ].filter((note) => typeof note === "string");
}
