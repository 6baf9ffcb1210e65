import type { Matrix } from "../../../forest/mod.ts";
import type { Algorithm, Fitted, Scorer } from "../../algorithm.ts";
import { createByteWriter, openBytes } from "../../bytes/mod.ts";
import { type Parameters, readParameters } from "../../parameters.ts";
import { checkRows, checkWidth } from "../../process/check_rows.ts";
import { type ColumnOptions, createColumnNovelty, lookbackOf } from "./column_novelty.ts";

/** Scores above it are alerts. It is fixed: scores mean the same for every series. */
export const NOVELTY_ALERT_SCORE = 0.5;
/** Score of a row that is nothing new, or that follows something newer too soon. */
export const NOVELTY_SCORE_MIN = 1e-6;

const NAME = "series_novelty";
const VERSION = 1;
/** Surprise whose score is the alert's. */
const ALERT_SURPRISE = 0.025;
const DAY_MS = 86_400_000;
/** Five minutes between rows where nobody tells: what most metrics are collected at. */
const DAY_ROWS_DEFAULT = 288;
/** Below it a mean over a day is a mean of too few. */
const DAY_ROWS_MIN = 24;
/** A day at one row a minute: of more rows than that, too few days would be remembered. */
const DAY_ROWS_MAX = 1440;
/** Bounds what a scorer keeps; a bundle's columns are counted in 16 bits. */
const COLUMNS_MAX = 65_535;

const PARAMETERS = {
  history_rows: {
    default: 4096,
    min: 128,
    max: 4096,
    integer: true,
    help: "Earlier rows that a row is compared with",
  },
  cool_down_rows: {
    default: 100,
    min: 1,
    max: 1000,
    integer: true,
    help: "Rows for which only something newer is news again",
  },
} as const;

/**
 * How far a row is from all that its series has shown before, for series without training rows.
 *
 * A value is novel by its distance to the nearest earlier value, over the range of all of them; so are
 * peaks, levels and spreads of the last rows, and whole days, at less weight. A novelty counts less
 * where novelties have been usual, and for nothing within the cool-down of a greater one: each
 * incident scores once, when it begins. A row of several columns scores by the newest of them.
 */
export const seriesNovelty: Algorithm = {
  name: NAME,
  input: "series",
  source: "Knorr and Ng 1998, distance-based outliers; nearest earlier value, with habituation",
  parameters: PARAMETERS,
  fit(rows, options) {
    checkRows(rows);
    return fittedOf({
      parameters: readParameters(PARAMETERS, options.parameters),
      columnCount: rows.columnCount,
      dayRows: dayRowsOf(options.rowMs),
    });
  },
  restore(bytes) {
    const reader = openBytes(bytes, { algorithm: NAME, version: VERSION, rules: PARAMETERS });
    const columnCount = reader.integer("columnCount", 1, COLUMNS_MAX);
    const dayRows = reader.integer("dayRows", DAY_ROWS_MIN, DAY_ROWS_MAX);
    reader.end();
    return fittedOf({ parameters: reader.parameters, columnCount, dayRows });
  },
};

interface Model {
  readonly parameters: Parameters<typeof PARAMETERS>;
  readonly columnCount: number;
  readonly dayRows: number;
}

function dayRowsOf(rowMs: number | undefined): number {
  if (rowMs === undefined) return DAY_ROWS_DEFAULT;
  return Math.max(DAY_ROWS_MIN, Math.min(DAY_ROWS_MAX, Math.floor(DAY_MS / rowMs + 0.5)));
}

function fittedOf(model: Model): Fitted {
  const { parameters, columnCount, dayRows } = model;
  const options: ColumnOptions = {
    historyRows: parameters.history_rows,
    coolDownRows: parameters.cool_down_rows,
    dayRows,
  };
  const open = () => openScorer(columnCount, options);
  return {
    columnCount,
    lookbackRows: lookbackOf(options),
    scale: "absolute",
    alerts: { threshold: NOVELTY_ALERT_SCORE, release: NOVELTY_ALERT_SCORE },
    open,
    scoreBatch: (rows) => scoreBatch(open(), columnCount, rows),
    serialize() {
      const writer = createByteWriter({ algorithm: NAME, version: VERSION, parameters });
      writer.integer(columnCount);
      writer.integer(dayRows);
      return writer.finish();
    },
  };
}

function openScorer(columnCount: number, options: ColumnOptions): Scorer {
  const columns = Array.from({ length: columnCount }, () => createColumnNovelty(options));
  return {
    push(row) {
      checkWidth(row.length, columnCount);
      let greatest = NaN;
      for (let column = 0; column < columnCount; column++) {
        const value = row[column];
        columns[column].push(Number.isFinite(value) ? value : NaN);
        const { news } = columns[column];
        if (!(news <= greatest) && news === news) greatest = news;
      }
      return scoreOf(greatest);
    },
    explain: () => Float64Array.from(columns, ({ surprise }) => surprise > 0 ? surprise : 0),
  };
}

/** From 0 on to (0, 1); NaN stays. */
function scoreOf(news: number): number {
  return Math.max(NOVELTY_SCORE_MIN, news / (news + ALERT_SURPRISE));
}

function scoreBatch(scorer: Scorer, columnCount: number, rows: Matrix): Float64Array {
  checkWidth(rows.columnCount, columnCount);
  checkRows(rows, 0);
  return Float64Array.from(
    { length: rows.rowCount },
    (_, row) => scorer.push(rows.data.subarray(row * columnCount, (row + 1) * columnCount)),
  );
}
