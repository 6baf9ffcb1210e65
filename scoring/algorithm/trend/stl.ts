import type { Matrix } from "../../forest/mod.ts";
import { median } from "../../numeric/mod.ts";
import type { Algorithm } from "../algorithm.ts";
import type { ByteReader } from "../bytes/mod.ts";
import { seriesAlgorithm, type SeriesInput, tableOf, VALUE_MAX } from "../frame/mod.ts";
import { GAP_MAX } from "./column_memory.ts";
import { type Expectation, type ResidualModel, watchResiduals } from "./residual_watch.ts";
import { findSeason, SEASON_ROWS_MAX } from "./season.ts";
import { columnsOf, trainingResiduals, widthOf } from "./training_residuals.ts";

const CYCLES_MAX = 12;

const parameters = {
  season_rows: {
    default: 0,
    min: 0,
    max: SEASON_ROWS_MAX,
    integer: true,
    help: "rows of a season; 0 finds one in the data, 1 is for none",
  },
  cycles: {
    default: 4,
    min: 1,
    max: CYCLES_MAX,
    integer: true,
    help: "seasons that are looked back, fewer where training has not as many",
  },
  level: {
    default: 0.99,
    min: 0.5,
    max: 0.9999,
    help: "share of training rows inside of the interval",
  },
};

/** A trend without a season. */
const TREND_ROWS = 32;

interface Decomposition extends ResidualModel {
  /** Rows of a season, or of the trend where there is none. */
  readonly trendRows: number;
  /** 0 where there is no season. */
  readonly cycles: number;
}

/**
 * Seasonal-trend decomposition at the newest row, with the steps of STL (Cleveland et al. 1990) that
 * the past alone allows: the trend is a moving average over a season, carried on as a line; the
 * season is what the same place of the last cycles was above the trend around it, smoothed with
 * loess weights that fall with age and bisquare weights that pass over outliers. The score is what is
 * left, in widths of an interval that holds `level` of the training rows; above 1 is outside.
 */
export const stl: Algorithm = seriesAlgorithm<typeof parameters, Decomposition>({
  name: "stl",
  source:
    "R. Cleveland et al.: STL: A Seasonal-Trend Decomposition Procedure Based on Loess, Journal of Official Statistics 6, 1990",
  parameters,
  version: 1,
  scale: "relative",
  fit: fitDecomposition,
  lookbackRows: (model) => windowOf(model) + GAP_MAX,
  watch: (model) => watchResiduals(model, expectationOf(model)),
  alerts: () => ({ threshold: 1, release: 1 }),
  write({ medians, widths, trendRows, cycles }, writer) {
    writer.numbers(medians);
    writer.numbers(widths);
    writer.integer(trendRows);
    writer.integer(cycles);
  },
  read,
});

type Shape = Pick<Decomposition, "trendRows" | "cycles">;

function fitDecomposition(
  rows: Matrix,
  { parameters: { season_rows, cycles, level }, rowMs }: SeriesInput<typeof parameters>,
): Decomposition {
  const table = tableOf(rows);
  const season = season_rows === 1 ? 0 : season_rows || findSeason(table, rowMs);
  const shape = shapeOf(season, cycles, rows.rowCount);
  const expectation = expectationOf(shape);
  const widths = Float64Array.from(
    columnsOf(table),
    (column) => widthOf(trainingResiduals(column.values, expectation), level, column),
  );
  return { ...shape, medians: table.medians, widths };
}

/** As many cycles as leave half of the training rows for widths; without one there is no season. */
function shapeOf(season: number, cycles: number, rowCount: number): Shape {
  for (let count = cycles; season > 0 && count > 0; count--) {
    const shape = { trendRows: season, cycles: count };
    if (windowOf(shape) <= rowCount / 2) return shape;
  }
  return { trendRows: Math.max(1, Math.min(TREND_ROWS, Math.floor(rowCount / 4))), cycles: 0 };
}

/** A trend takes two averages, and around the oldest place of the season half of one. */
function windowOf({ trendRows, cycles }: Shape): number {
  return Math.max(2 * trendRows, cycles * trendRows + Math.floor(trendRows / 2));
}

function expectationOf(shape: Shape): Expectation {
  const { trendRows, cycles } = shape;
  const windowRows = windowOf(shape);
  const half = Math.floor(trendRows / 2);
  const above = new Float64Array(cycles);
  const ages = Float64Array.from({ length: cycles }, (_, k) => tricube((k + 0.5) / cycles));
  return {
    windowRows,
    averageRows: trendRows,
    next(window, average) {
      const newest = average(windowRows);
      const rise = (newest - average(windowRows - trendRows)) / trendRows;
      const trend = newest + rise * (trendRows + 1) / 2;
      for (let cycle = 0; cycle < cycles; cycle++) {
        const place = windowRows - (cycle + 1) * trendRows;
        // Over the average of a season that has the place in its middle.
        above[cycle] = window[place] - average(place - half + trendRows);
      }
      return trend + robustMean(above, ages);
    },
  };
}

/** Mean with loess weights by age, and bisquare weights by the distance from the median. */
function robustMean(values: Float64Array, ages: Float64Array): number {
  if (values.length === 0) return 0;
  const center = median(values);
  const reach = 6 * median(values.map((value) => Math.abs(value - center)));
  let sum = 0;
  let weights = 0;
  for (let k = 0; k < values.length; k++) {
    const share = reach > 0 ? Math.abs(values[k] - center) / reach : 0;
    const bisquare = share < 1 ? (1 - share * share) * (1 - share * share) : 0;
    sum += ages[k] * bisquare * (values[k] - center);
    weights += ages[k] * bisquare;
  }
  return center + (weights > 0 ? sum / weights : 0);
}

function tricube(distance: number): number {
  const fall = 1 - distance * distance * distance;
  return fall * fall * fall;
}

function read(reader: ByteReader<unknown>, columnCount: number): Decomposition {
  return {
    medians: reader.numbers("medians", columnCount, { min: -VALUE_MAX, max: VALUE_MAX }),
    widths: reader.numbers("widths", columnCount, { min: Number.MIN_VALUE }),
    trendRows: reader.integer("trendRows", 1, SEASON_ROWS_MAX),
    cycles: reader.integer("cycles", 0, CYCLES_MAX),
  };
}
