import type { Scorer } from "../../scoring/algorithm/mod.ts";
import { type CsvRecord, readCsv } from "../kit/mod.ts";
import { type AnomalyLog, type Contribution, createAnomalyLog, type Flagged } from "./anomalies.ts";
import { createDescriber } from "./describe.ts";
import { timeOf } from "./cell.ts";
import { createEncoder } from "./encoder.ts";
import type { TableFacts } from "./inspect.ts";
import { createProfile, type Profile, sliceOf } from "./profile.ts";
import type { ScoringContext } from "./scoring_context.ts";

/** All that is found in a file. */
export interface Findings extends ReturnType<AnomalyLog["finish"]> {
  readonly judgedRows: number;
  readonly scores: Profile;
  /** One for each used column. */
  readonly values: readonly Profile[];
  /** Time of the first row of each slice of the profiles; empty where there is no time. */
  readonly times: readonly number[];
}

/** Reads a file once more and scores each row; only slices of it are ever held. */
export async function scoreRows(context: ScoringContext): Promise<Findings> {
  const { table, training, fitted, algorithm } = context;
  const width = training.columns.length;
  const encoder = createEncoder(table, training.columns);
  const scorer = openScorer(context);
  const judge = createJudge(context, scorer);
  const plots = createPlots(context);
  // A learner that was given them again would take them for later ones.
  const learnedRows = algorithm.isLearner ? training.prefixRows : 0;
  let row = 0;
  for await (const records of dataRecords(table.path)) {
    const data = new Float32Array(records.length * width);
    records.forEach(({ line, cells }, i) => encoder.write(cells, line, data, i * width));
    const batch = { data, rowCount: records.length, columnCount: width };
    const rated = algorithm.input === "rows" ? fitted.scoreBatch(batch) : undefined;
    for (const [i, record] of records.entries()) {
      const vector = data.subarray(i * width, (i + 1) * width);
      const score = rated ? rated[i] : row < learnedRows ? NaN : scorer.push(vector);
      judge.take(row, record, vector, rated ? score : scorer.alarm ?? score);
      plots.take(row, record, vector, score);
      row++;
    }
  }
  return { ...judge.finish(), ...plots.finish() };
}

/** The records of a file without its header. */
async function* dataRecords(path: string): AsyncGenerator<readonly CsvRecord[]> {
  let isFirst = true;
  for await (const records of readCsv(path)) {
    if (records.length === 0) continue;
    yield isFirst ? records.slice(1) : records;
    isFirst = false;
  }
}

/** Decides row by row what is an anomaly. */
function createJudge(context: ScoringContext, scorer: Scorer) {
  const { table, training, scale, algorithm, top } = context;
  const isSeries = algorithm.input === "series";
  const log = createAnomalyLog(scale, top, isSeries);
  const describe = createDescriber(context);
  let judgedRows = 0;
  let isOn = false;
  return {
    take(row: number, record: CsvRecord, vector: Float32Array, alarm: number) {
      const isJudged = row >= training.prefixRows && !Number.isNaN(alarm);
      if (isJudged) judgedRows++;
      const score = isJudged ? scale.scoreOf(alarm) : 0;
      isOn = score > scale.threshold || (isSeries && isOn && score > scale.release);
      if (isOn) {
        log.flag(flaggedRow(table, record, row, score, () => describe(record, vector, scorer)));
      } else log.endRun();
    },
    finish: () => ({ ...log.finish(), judgedRows }),
  };
}

/** Gathers what is plotted. */
function createPlots({ table, training, scale }: ScoringContext) {
  const { rowCount, time } = table;
  const scores = createProfile(rowCount);
  const values = training.columns.map(() => createProfile(rowCount));
  const times: number[] = [];
  return {
    take(row: number, { cells }: CsvRecord, vector: Float32Array, score: number) {
      scores.add(row, scale.scoreOf(score));
      for (let column = 0; column < vector.length; column++) {
        values[column].add(row, vector[column]);
      }
      if (time && sliceOf(row, rowCount) === times.length) {
        times.push(timeOf(cells[time.column], time.kind));
      }
    },
    finish: () => ({
      scores: scores.finish(),
      values: values.map((profile) => profile.finish()),
      times,
    }),
  };
}

/** A scorer of a series that was trained on another file has that one's last rows behind it. */
function openScorer({ fitted, training: { rows }, algorithm, isForeign }: ScoringContext): Scorer {
  const scorer = fitted.open();
  // A learner has them behind it by having been fitted.
  if (algorithm.input === "rows" || algorithm.isLearner || !isForeign) return scorer;
  const { data, rowCount, columnCount } = rows;
  for (let row = Math.max(0, rowCount - fitted.lookbackRows); row < rowCount; row++) {
    scorer.push(data.subarray(row * columnCount, (row + 1) * columnCount));
  }
  return scorer;
}

function flaggedRow(
  { time }: TableFacts,
  { line, cells }: CsvRecord,
  row: number,
  score: number,
  explain: () => readonly Contribution[],
): Flagged {
  return { row, line, score, time: time ? timeText(cells[time.column], time) : null, explain };
}

/** A time as people and programs read it: dates in ISO 8601, counts as they stand. */
function timeText(cell: string, { kind }: NonNullable<TableFacts["time"]>): string {
  return kind === "count" ? cell.trim() : new Date(timeOf(cell, kind)).toISOString();
}
