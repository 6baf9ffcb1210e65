import type { Algorithm } from "../../algorithm.ts";
import { seriesAlgorithm, type SeriesWatch } from "../../frame/mod.ts";
import type { Parameters } from "../../parameters.ts";
import { type ColumnOptions, createColumnNovelty, lookbackOf } from "./column_novelty.ts";

/** Scores above it are alerts. It is fixed: scores mean the same for every series. */
export const NOVELTY_ALERT_SCORE = 0.5;
/** Score of a row that is nothing new, or that follows something newer too soon. */
export const NOVELTY_SCORE_MIN = 1e-6;

/** Surprise whose score is the alert's. */
const ALERT_SURPRISE = 0.025;
const DAY_MS = 86_400_000;
/** Five minutes between rows where nobody tells: what most metrics are collected at. */
const DAY_ROWS_DEFAULT = 288;
/** Below it a mean over a day is a mean of too few. */
const DAY_ROWS_MIN = 24;
/** A day at one row a minute: of more rows than that, too few days would be remembered. */
const DAY_ROWS_MAX = 1440;

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
 * where novelties have been usual or the value stays near those just before it, and for nothing in
 * the cool-down after a greater one: an incident scores when it begins and when it gets worse. A row
 * of several columns scores by the one that is newest. Training rows tell no more than their width.
 * There is no alarm before a series has shown a day: until then everything is new.
 */
export const seriesNovelty: Algorithm = seriesAlgorithm<typeof PARAMETERS, DayRows>({
  name: "series_novelty",
  source: "Knorr and Ng 1998, distance-based outliers; nearest earlier value, with habituation",
  parameters: PARAMETERS,
  version: 1,
  scale: "absolute",
  fit: (_rows, { rowMs }) => dayRowsOf(rowMs),
  lookbackRows: (dayRows, parameters) => lookbackOf(optionsOf(dayRows, parameters)),
  watch: (dayRows, columnCount, parameters) =>
    watchColumns(columnCount, optionsOf(dayRows, parameters)),
  alerts: () => ({ threshold: NOVELTY_ALERT_SCORE, release: NOVELTY_ALERT_SCORE }),
  write: (dayRows, writer) => writer.integer(dayRows),
  read: (reader) => reader.integer("dayRows", DAY_ROWS_MIN, DAY_ROWS_MAX),
});

/** All that is fitted: rows in a day. */
type DayRows = number;

function dayRowsOf(rowMs: number | undefined): DayRows {
  if (rowMs === undefined) return DAY_ROWS_DEFAULT;
  return Math.max(DAY_ROWS_MIN, Math.min(DAY_ROWS_MAX, Math.floor(DAY_MS / rowMs + 0.5)));
}

function optionsOf(dayRows: DayRows, parameters: Parameters<typeof PARAMETERS>): ColumnOptions {
  return {
    historyRows: parameters.history_rows,
    coolDownRows: parameters.cool_down_rows,
    dayRows,
  };
}

function watchColumns(columnCount: number, options: ColumnOptions): SeriesWatch<DayRows> {
  const settledRows = Math.min(options.dayRows, options.historyRows / 2);
  const columns = Array.from({ length: columnCount }, () => createColumnNovelty(options));
  /** Greatest news of the columns that have shown a day. */
  let settled = NaN;
  return {
    get alarm() {
      return scoreOf(settled);
    },
    push(row) {
      let greatest = NaN;
      settled = NaN;
      for (let column = 0; column < columnCount; column++) {
        const value = row[column];
        columns[column].push(Number.isFinite(value) ? value : NaN);
        const { news, knownRows } = columns[column];
        if (news !== news) continue;
        if (!(news <= greatest)) greatest = news;
        if (knownRows >= settledRows && !(news <= settled)) settled = news;
      }
      return scoreOf(greatest);
    },
    explain(parts) {
      columns.forEach(({ surprise }, column) => parts[column] = surprise > 0 ? surprise : 0);
    },
  };
}

/** From 0 on to (0, 1); NaN stays. */
function scoreOf(news: number): number {
  return Math.max(NOVELTY_SCORE_MIN, news / (news + ALERT_SURPRISE));
}
