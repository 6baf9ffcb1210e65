import type { Algorithm } from "../algorithm.ts";
import type { ByteReader } from "../bytes/mod.ts";
import { seriesAlgorithm, type SeriesInput, tableOf, VALUE_MAX } from "../frame/mod.ts";
import type { Matrix } from "../../forest/mod.ts";
import { additiveKernel, type AdditiveModel, weightedSum } from "./additive_kernel.ts";
import { GAP_MAX } from "./column_memory.ts";
import { type Expectation, type ResidualModel, watchResiduals } from "./residual_watch.ts";
import { findSeason, SEASON_ROWS_MAX } from "./season.ts";
import {
  columnsOf,
  type TrainingColumn,
  trainingResiduals,
  widthOf,
} from "./training_residuals.ts";

/** Bounds what scoring a row costs, and holds at least two of the longest seasons. */
const WINDOW_MAX = 2 * SEASON_ROWS_MAX;

const parameters = {
  season_rows: {
    default: 0,
    min: 0,
    max: SEASON_ROWS_MAX,
    integer: true,
    help: "rows of a season; 0 finds one in the data, 1 is for none",
  },
  level: {
    default: 0.99,
    min: 0.5,
    max: 0.9999,
    help: "share of training rows inside of the interval",
  },
};

/** Fourier orders that are tried; Prophet takes 3 for a week and 10 for a year. */
const ORDERS = [3, 6, 10, 20];
/** Seasons that are tried as a window. */
const SEASONS = [2, 4];
/** A window without a season. */
const TREND_ROWS = 64;

interface FourierTrend extends ResidualModel, AdditiveModel {}

/**
 * Additive model in the spirit of Prophet (Taylor and Letham 2018): a trend that may bend plus a
 * Fourier series for the season, by ridge regression over the last seasons, expecting the next row
 * with an interval. It is fitted again at each row, as its weights do not depend on the values, so
 * it follows changes that a model of the training rows would not. Order and window are those that
 * expect the training rows best. A score above 1 is outside of the interval.
 */
export const fourierTrend: Algorithm = seriesAlgorithm<typeof parameters, FourierTrend>({
  name: "fourier_trend",
  source: "S. Taylor, B. Letham: Forecasting at Scale, The American Statistician 72, 2018",
  parameters,
  version: 1,
  scale: "relative",
  fit: fitTrend,
  lookbackRows: ({ windowRows }) => windowRows + GAP_MAX,
  watch: (model) => watchResiduals(model, expectationOf(model)),
  alerts: () => ({ threshold: 1, release: 1 }),
  write({ medians, widths, windowRows, seasonRows, order }, writer) {
    writer.numbers(medians);
    writer.numbers(widths);
    writer.integer(windowRows);
    writer.integer(seasonRows);
    writer.integer(order);
  },
  read,
});

function fitTrend(
  rows: Matrix,
  { parameters: { season_rows, level }, rowMs }: SeriesInput<typeof parameters>,
): FourierTrend {
  const table = tableOf(rows);
  const columns = columnsOf(table);
  const season = season_rows === 1 ? 0 : season_rows || findSeason(table, rowMs);
  const model = bestModel(columns, candidates(season, rows.rowCount));
  const expectation = expectationOf(model);
  const widths = Float64Array.from(
    columns,
    (column) => widthOf(trainingResiduals(column.values, expectation), level, column),
  );
  return { ...model, medians: table.medians, widths };
}

/** Models whose window leaves half of the training rows to try them on. */
function candidates(seasonRows: number, rowCount: number): AdditiveModel[] {
  const roomy = Math.min(WINDOW_MAX, Math.floor(rowCount / 2));
  const windows = SEASONS.map((seasons) => seasons * seasonRows)
    .filter((windowRows) => seasonRows > 0 && windowRows <= roomy);
  if (windows.length === 0) {
    return [{ windowRows: Math.max(1, Math.min(TREND_ROWS, roomy)), seasonRows: 0, order: 0 }];
  }
  const highest = Math.floor((seasonRows - 1) / 2);
  const orders = ORDERS.filter((order) => order <= highest);
  return windows.flatMap((windowRows) =>
    (orders.length > 0 ? orders : [highest]).map((order) => ({ windowRows, seasonRows, order }))
  );
}

/** The one with the least sum over columns of its mean distance, over the column's own spread. */
function bestModel(
  columns: readonly TrainingColumn[],
  models: readonly AdditiveModel[],
): AdditiveModel {
  if (models.length === 1) return models[0];
  const distances = models.map((model) => {
    const expectation = expectationOf(model);
    let sum = 0;
    columns.forEach(({ values, median }) => {
      const spread = mean(values.map((value) => Math.abs(value - median)));
      if (spread === 0) return;
      sum += mean(trainingResiduals(values, expectation)) / spread;
    });
    return sum;
  });
  let best = 0;
  distances.forEach((distance, k) => best = distance < distances[best] ? k : best);
  return models[best];
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value / values.length;
  return sum;
}

function expectationOf(model: AdditiveModel): Expectation {
  const kernel = additiveKernel(model);
  return { windowRows: model.windowRows, next: (window) => weightedSum(kernel, window) };
}

function read(reader: ByteReader<unknown>, columnCount: number): FourierTrend {
  const medians = reader.numbers("medians", columnCount, { min: -VALUE_MAX, max: VALUE_MAX });
  const widths = reader.numbers("widths", columnCount, { min: Number.MIN_VALUE });
  const windowRows = reader.integer("windowRows", 1, WINDOW_MAX);
  const seasonRows = reader.integer("seasonRows", 0, SEASON_ROWS_MAX);
  const highest = Math.max(0, Math.floor((seasonRows - 1) / 2));
  const order = reader.integer("order", 0, Math.min(highest, Math.max(...ORDERS)));
  return { medians, widths, windowRows, seasonRows, order };
}
