import {
  createRowRing,
  exponentialKernel,
  SEASON_DAYS,
  seasonalMedian,
  smoothRows,
} from "../series/mod.ts";
import { LAGS, predictRow } from "./ridge_var.ts";

/** Weight of the newest row in smoothed residuals; after 24 rows two in ten thousand are left. */
const NEWEST_SHARE = 0.3;
const SMOOTHED_ROWS = 24;

/** How rows differ from what was expected of them, column by column. */
export interface ResidualStream {
  /** Takes the next scaled row. */
  push(scaled: Float32Array): void;
  /** True from the row on that has all lags. */
  readonly isPredicted: boolean;
  /** True from the row on that has a day before it; never where there is no day. */
  readonly isSeasonal: boolean;
  /** What the lags let expect of the row pushed last, scaled. */
  readonly predicted: Float64Array;
  /** Smoothed difference from `predicted`. */
  readonly prediction: Float64Array;
  /** Smoothed difference from the same time of the days before. */
  readonly season: Float64Array;
}

/** Rows before one that its residuals depend on. */
export function residualLookback(dayRows: number): number {
  return SMOOTHED_ROWS + Math.max(LAGS, SEASON_DAYS * dayRows);
}

/** @param dayRows 0 where there is no day. */
export function createResidualStream(
  weights: Float32Array,
  columnCount: number,
  dayRows: number,
): ResidualStream {
  const historyRows = Math.max(LAGS, SEASON_DAYS * dayRows) + 1;
  const history = createRowRing(new Float32Array(historyRows * columnCount), columnCount);
  const kernel = exponentialKernel(NEWEST_SHARE, SMOOTHED_ROWS);
  const recent = () => createRowRing(new Float64Array(SMOOTHED_ROWS * columnCount), columnCount);
  const predictionResiduals = recent();
  const seasonResiduals = recent();
  const predicted = new Float64Array(columnCount);
  const usual = new Float64Array(columnCount);
  const prediction = new Float64Array(columnCount);
  const season = new Float64Array(columnCount);
  return {
    predicted,
    prediction,
    season,
    get isPredicted() {
      return predictionResiduals.count > 0;
    },
    get isSeasonal() {
      return seasonResiduals.count > 0;
    },
    push(scaled) {
      if (history.count >= LAGS) {
        predictRow(weights, history, predicted);
        writeDifference(scaled, predicted, predictionResiduals);
        smoothRows(kernel, predictionResiduals, prediction);
      }
      history.data.set(scaled, history.next());
      if (dayRows > 0 && history.count > dayRows) {
        seasonalMedian(history, dayRows, usual);
        writeDifference(scaled, usual, seasonResiduals);
        smoothRows(kernel, seasonResiduals, season);
      }
    },
  };
}

function writeDifference(
  values: Float32Array,
  expected: Float64Array,
  ring: ReturnType<typeof createRowRing>,
): void {
  const start = ring.next();
  for (let column = 0; column < values.length; column++) {
    ring.data[start + column] = values[column] - expected[column];
  }
}
