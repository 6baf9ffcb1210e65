import type { PastValues } from "./past_values.ts";
import { type Sliding, slidingGreatest, slidingMean, slidingRange } from "./sliding.ts";

/** One way to look at a column's last rows, whose results are compared with earlier ones. */
export interface View {
  /** What its surprise counts against that of the values themselves. */
  readonly weight: number;
  /** Rows that it looks at, the newest included. */
  readonly rows: number;
  /** What it sees in those rows of which the newest is `age` rows old; NaN for nothing. */
  follow(values: PastValues, age: number): Sliding;
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
    { weight: 1, rows: 1, follow: (values, age) => () => values.at(age) },
    {
      weight: SLOW_WEIGHT,
      rows: PEAK_ROWS,
      follow: (values, age) => slidingGreatest(values, age, PEAK_ROWS),
    },
    {
      weight: SLOW_WEIGHT,
      rows: LEVEL_ROWS,
      follow: (values, age) => slidingMean(values, age, LEVEL_ROWS),
    },
    {
      weight: SLOW_WEIGHT,
      rows: LEVEL_ROWS,
      follow: (values, age) => slidingRange(values, age, LEVEL_ROWS),
    },
    {
      weight: SLOW_WEIGHT,
      rows: dayRows,
      follow: (values, age) => slidingMean(values, age, dayRows),
    },
    {
      weight: SEASON_WEIGHT,
      rows: dayRows + PEAK_ROWS,
      follow(values, age) {
        const now = slidingMean(values, age, PEAK_ROWS);
        const dayBefore = slidingMean(values, age + dayRows, PEAK_ROWS);
        return () => now() - dayBefore();
      },
    },
  ];
}
