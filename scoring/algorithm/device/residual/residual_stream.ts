import {
  type ColumnRange,
  createRowRing,
  createSeasonBand,
  createSmoothedRows,
  exponentialKernel,
  noveltyOf,
  type RowRing,
  seasonLookback,
  seasonRingRows,
  smoothRows,
} from "../series/mod.ts";
import type { ResidualModel } from "./residual_model.ts";
import { LAGS, predictRow } from "./ridge_var.ts";

/** Weight of the newest row in smoothed residuals; after 24 rows two in ten thousand are left. */
const NEWEST_SHARE = 0.3;
const SMOOTHED_ROWS = 24;

/** What rows are held against. */
export type Expectation = Pick<ResidualModel, "weights" | "range" | "dayRows">;

/** How rows differ from what was expected of them, column by column; all of it smoothed. */
export interface Residuals {
  /** Difference from what the lags let expect. */
  readonly prediction: Float64Array;
  /** How far rows are outside the range of the same time of the days before. */
  readonly season: Float64Array;
  /** How far differences from what was predicted are outside theirs: some errors come every day. */
  readonly seasonPrediction: Float64Array;
  /** How far rows are outside the range of training, as a share of it. */
  readonly novelty: Float64Array;
  /** True from the row on that has a day before it; never where there is no day. */
  readonly isSeasonal: boolean;
}

export interface ResidualStream extends Residuals {
  /** Takes the next scaled row. */
  push(scaled: Float32Array): void;
  /** True from the row on that has all lags. */
  readonly isPredicted: boolean;
  /** What the lags let expect of the row pushed last, scaled. */
  readonly predicted: Float64Array;
}

/** Rows before one that its residuals depend on. */
export function residualLookback(dayRows: number): number {
  return SMOOTHED_ROWS + LAGS + seasonLookback(dayRows);
}

export function createResidualStream(expectation: Expectation): ResidualStream {
  const { weights, range, dayRows } = expectation;
  const columnCount = range.low.length;
  const history = createHistory(Math.max(LAGS, seasonRingRows(dayRows)), columnCount);
  const errors = createHistory(Math.max(SMOOTHED_ROWS, seasonRingRows(dayRows)), columnCount);
  const usual = createSeasonBand(history, dayRows, columnCount);
  const usualErrors = createSeasonBand(errors, dayRows, columnCount);
  const predicted = new Float64Array(columnCount);
  const difference = new Float64Array(columnCount);
  const kernel = exponentialKernel(NEWEST_SHARE, SMOOTHED_ROWS);
  const prediction = new Float64Array(columnCount);
  const season = createSmoothedRows(kernel, columnCount);
  const seasonPrediction = createSmoothedRows(kernel, columnCount);
  const novelty = createSmoothedRows(kernel, columnCount);
  let isSeasonal = false;
  return {
    predicted,
    prediction,
    season: season.mean,
    seasonPrediction: seasonPrediction.mean,
    novelty: novelty.mean,
    get isPredicted() {
      return errors.count > 0;
    },
    get isSeasonal() {
      return isSeasonal;
    },
    push(scaled) {
      novelty.push(writeNovelty(scaled, range, difference));
      const hasLags = history.count >= LAGS;
      if (hasLags) predictRow(weights, history, predicted);
      history.data.set(scaled, history.next());
      if (usual.measure(difference)) season.push(difference);
      if (!hasLags) return;
      errors.data.set(writeDifference(scaled, predicted, difference), errors.next());
      smoothRows(kernel, errors, prediction);
      // Errors begin some rows after the rows, so that where they have a day the rows do, too.
      isSeasonal = usualErrors.measure(difference);
      if (isSeasonal) seasonPrediction.push(difference);
    },
  };
}

function createHistory(rows: number, columnCount: number): RowRing {
  return createRowRing(new Float32Array(rows * columnCount), columnCount);
}

function writeNovelty(
  scaled: Float32Array,
  range: ColumnRange,
  into: Float64Array,
): Float64Array {
  for (let column = 0; column < into.length; column++) {
    into[column] = noveltyOf(scaled[column], column, range);
  }
  return into;
}

function writeDifference(
  values: Float32Array,
  expected: Float64Array,
  into: Float64Array,
): Float64Array {
  for (let column = 0; column < into.length; column++) {
    into[column] = values[column] - expected[column];
  }
  return into;
}
