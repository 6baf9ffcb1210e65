import { probationRows } from "../../scoring/evaluate/mod.ts";
import { isolationForest } from "../../scoring/algorithm/forest/mod.ts";
import { readParameters } from "../../scoring/algorithm/mod.ts";
import { fitForest, type Matrix, scoreForest } from "../../scoring/forest/mod.ts";
import { quantile } from "../../scoring/numeric/mod.ts";
import type { Scored, Subject } from "./subject.ts";
import { matrixOf, type Table } from "./table.ts";

/** Lags that a stream's forest sees, and the window of its rolling statistics. */
const LAGS = 10;
/** Share of training rows above the alert threshold. */
const CONTAMINATION = 0.0005;

/**
 * The field's plain isolation forest, to compare with: raw columns of the training rows without any
 * feature plan; a stream's ten lags with their mean, deviation and last step, fitted to the rows of
 * its probation. A row alerts when two of the last three are above nearly all training rows.
 */
export function scoreByPlainForest(subject: Subject, seed: number): Scored {
  const { kind, table, scoredFrom } = subject;
  const rows = kind === "stream" ? laggedRows(table) : matrixOf(table);
  const trainRows = kind === "stream"
    ? probationRows(table.rowCount)
    : kind === "tabular"
    ? table.rowCount
    : subject.trainRows;
  const { treeCount, subsampleSize } = readParameters(isolationForest.parameters);
  const forest = fitForest(headOf(rows, trainRows), { treeCount, subsampleSize, seed });
  const scores = scoreForest(forest, rows);
  const threshold = quantile(scores.slice(0, trainRows).sort(), 1 - CONTAMINATION);
  const isAbove = (row: number) => row >= 0 && scores[row] > threshold ? 1 : 0;
  const alerts = Uint8Array.from(
    scores,
    (_, row) => isAbove(row) + isAbove(row - 1) + isAbove(row - 2) >= 2 ? 1 : 0,
  );
  return { scores: scores.subarray(scoredFrom), alerts: alerts.subarray(scoredFrom) };
}

function headOf({ data, columnCount }: Matrix, rowCount: number): Matrix {
  return { data: data.subarray(0, rowCount * columnCount), rowCount, columnCount };
}

/** The last values of the first column with their mean, standard deviation and last step. */
function laggedRows({ values, rowCount, columns }: Table): Matrix {
  const columnCount = LAGS + 3;
  const data = new Float32Array(rowCount * columnCount);
  for (let row = 0; row < rowCount; row++) {
    // Before the first row there is its own value.
    const lags = Array.from(
      { length: LAGS },
      (_, lag) => values[Math.max(0, row - lag) * columns.length],
    );
    const mean = lags.reduce((sum, value) => sum + value, 0) / LAGS;
    const squares = lags.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    data.set([...lags, mean, Math.sqrt(squares / LAGS), lags[0] - lags[1]], row * columnCount);
  }
  return { data, rowCount, columnCount };
}
