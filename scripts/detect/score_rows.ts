import type { Fitted, Scorer } from "../../scoring/algorithm/mod.ts";
import { type CsvRecord, readCsv } from "../kit/mod.ts";
import { type AnomalyLog, type Contribution, createAnomalyLog, type Flagged } from "./anomalies.ts";
import { timeOf } from "./cell.ts";
import { createEncoder, type UsedColumn } from "./encoder.ts";
import type { TableFacts } from "./inspect.ts";
import { createProfile, type Profile, sliceOf } from "./profile.ts";
import type { JudgedScale } from "./scale.ts";
import type { Training } from "./training.ts";

/** All that is found in a file. */
export interface Findings extends ReturnType<AnomalyLog["finish"]> {
  readonly judgedRows: number;
  readonly scores: Profile;
  /** One for each used column. */
  readonly values: readonly Profile[];
  /** Time of the first row of each slice of the profiles; empty where there is no time. */
  readonly times: readonly number[];
}

export interface ScoringContext {
  readonly table: TableFacts;
  readonly training: Training;
  readonly fitted: Fitted;
  readonly scale: JudgedScale;
  readonly isSeries: boolean;
  /** The training rows come from another file. */
  readonly isForeign: boolean;
  readonly top: number;
}

/** Columns that an anomaly is told to be made of. */
const CONTRIBUTIONS_MAX = 3;

/** Reads a file once more and scores each row; only slices of it are ever held. */
export async function scoreRows(context: ScoringContext): Promise<Findings> {
  const { table, training, fitted, scale, isSeries, top } = context;
  const width = training.columns.length;
  const encoder = createEncoder(table, training.columns);
  const scorer = openScorer(context);
  const log = createAnomalyLog(scale, top, isSeries);
  const describe = describer(context);
  const scores = createProfile(table.rowCount);
  const values = training.columns.map(() => createProfile(table.rowCount));
  const times: number[] = [];
  let row = -1;
  let judgedRows = 0;
  let isOn = false;
  for await (const all of readCsv(table.path)) {
    const records = row < 0 ? all.slice(1) : all;
    if (row < 0 && all.length > 0) row = 0;
    const data = new Float32Array(records.length * width);
    records.forEach(({ line, cells }, i) => encoder.write(cells, line, data, i * width));
    const matrix = { data, rowCount: records.length, columnCount: width };
    const raw = isSeries ? undefined : fitted.scoreBatch(matrix);
    for (const [i, record] of records.entries()) {
      const vector = data.subarray(i * width, (i + 1) * width);
      const found = raw ? { score: raw[i], alarm: raw[i] } : pushed(scorer, vector);
      vector.forEach((value, column) => values[column].add(row, value));
      if (table.time && sliceOf(row, table.rowCount) === times.length) {
        times.push(timeOf(record.cells[table.time.column], table.time.kind));
      }
      const isJudged = row >= training.prefixRows && !Number.isNaN(found.alarm);
      if (!Number.isNaN(found.score)) scores.add(row, scale.scoreOf(found.score));
      if (isJudged) judgedRows++;
      const alarm = isJudged ? scale.scoreOf(found.alarm) : 0;
      isOn = isJudged && (alarm > scale.threshold || (isSeries && isOn && alarm > scale.release));
      if (isOn) {
        log.flag(flaggedRow(table, record, row, alarm, () => describe(record, vector, scorer)));
      } else log.endRun();
      row++;
    }
  }
  return {
    ...log.finish(),
    judgedRows,
    scores: scores.finish(),
    values: values.map((profile) => profile.finish()),
    times,
  };
}

function pushed(scorer: Scorer, vector: Float32Array): { score: number; alarm: number } {
  const score = scorer.push(vector);
  return { score, alarm: scorer.alarm ?? score };
}

/** A scorer of a series that was trained on another file has that one's last rows behind it. */
function openScorer({ fitted, training: { rows }, isSeries, isForeign }: ScoringContext): Scorer {
  const scorer = fitted.open();
  if (!isSeries || !isForeign) return scorer;
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

/** Tells what a row's score is made of, by its greatest parts. */
function describer({ table, training: { columns }, fitted, scale, isSeries }: ScoringContext) {
  // Codes are ranks of frequency: 0 is what most rows have.
  const usual = columns.map(({ codes }, column) => codes ? 0 : scale.medians[column]);
  const places = columns.map(({ name }) => table.columns.findIndex((one) => one.name === name));
  return ({ cells }: CsvRecord, vector: Float32Array, scorer: Scorer): Contribution[] => {
    // Rows of their own are scored in batches: the scorer has not seen this one yet.
    if (!isSeries) {
      scorer = fitted.open();
      scorer.push(vector);
    }
    const parts = scorer.explain();
    const expected = scorer.expected?.() ?? usual;
    const sum = parts.reduce((total, part) => total + part, 0);
    return [...parts.keys()].filter((column) => parts[column] > 0)
      .sort((left, right) => parts[right] - parts[left] || left - right)
      .slice(0, CONTRIBUTIONS_MAX)
      .map((column) => ({
        column: columns[column].name,
        share: parts[column] / sum,
        value: told(
          columns[column],
          vector[column],
          cells[places[column]],
          Number(cells[places[column]]),
        ),
        expected: told(columns[column], expected[column]),
      }));
  };
}

/** A value of a column: its category, or its number with the digits of the file where it has any. */
function told(
  { codes }: UsedColumn,
  value: number,
  cell?: string,
  exact = value,
): number | string | null {
  if (Number.isNaN(value)) return null;
  if (codes) return cell ?? codes.categories[Math.max(0, Math.floor(value + 0.5))] ?? null;
  if (Number.isFinite(exact)) return exact;
  return cell ?? String(value);
}
