import type { PastValues } from "./past_values.ts";

/** One way to look at a column's last rows, whose results are compared with earlier ones. */
export interface View {
  /** What its surprise counts against that of the values themselves. */
  readonly weight: number;
  /** Rows that it looks at, the newest included. */
  readonly rows: number;
  /** What it sees in those rows of which the newest is `age` rows old; NaN for nothing. */
  see(values: PastValues, age: number): number;
}

const PEAK_ROWS = 20;
const LEVEL_ROWS = 100;
/** What takes longer to show is weaker evidence of an anomaly now. */
const SLOW_WEIGHT = 0.25;
/** Days differ from one another by themselves. */
const SEASON_WEIGHT = 0.125;

/**
 * Values, and what values alone do not tell: that peaks fail to appear, that the level or the spread
 * of some hours is new though each value is not, that a day is unlike other days as a whole or
 * unlike the day before at this time.
 */
export function viewsOf(dayRows: number): readonly View[] {
  return [
    { weight: 1, rows: 1, see: (values, age) => values.at(age) },
    { weight: SLOW_WEIGHT, rows: PEAK_ROWS, see: (values, age) => values.max(age, PEAK_ROWS) },
    { weight: SLOW_WEIGHT, rows: LEVEL_ROWS, see: (values, age) => values.mean(age, LEVEL_ROWS) },
    { weight: SLOW_WEIGHT, rows: LEVEL_ROWS, see: (values, age) => values.range(age, LEVEL_ROWS) },
    { weight: SLOW_WEIGHT, rows: dayRows, see: (values, age) => values.mean(age, dayRows) },
    {
      weight: SEASON_WEIGHT,
      rows: dayRows + PEAK_ROWS,
      see: (values, age) => values.mean(age, PEAK_ROWS) - values.mean(age + dayRows, PEAK_ROWS),
    },
  ];
}
