import type { RowRing } from "./row_ring.ts";

/** Days whose range is what a time of day usually has. */
const SEASON_DAYS = 3;
const DAY_HOURS = 24;

/** Rows before one that what is usual at its time of day depends on; 0 where there is no day. */
export function seasonLookback(dayRows: number): number {
  return SEASON_DAYS * dayRows + seasonReach(dayRows);
}

/** Rows that a ring must hold for a band: one more than matter, by which it goes on. */
export function seasonRingRows(dayRows: number): number {
  return seasonLookback(dayRows) + 2;
}

/** Rows before the first one of which a day before tells what is usual at its time. */
export function firstSeasonRow(dayRows: number): number {
  return dayRows + seasonReach(dayRows);
}

/** What happens each day does not happen to the minute: an hour to either side is the same time. */
function seasonReach(dayRows: number): number {
  return Math.floor(dayRows / DAY_HOURS);
}

/** How rows leave the range of the same time of the days before. */
export interface SeasonBand {
  /**
   * To be called once after each row that the ring takes: how far each column of it is above its
   * greatest value within an hour of the same time of the last three days or, below 0, under its
   * least; of fewer days while the ring fills.
   *
   * @returns False where the ring does not hold one such day.
   */
  measure(into: Float64Array): boolean;
}

/**
 * @param ring Of `seasonRingRows` rows at least, still empty; its values are finite.
 * @param dayRows 0 where there is no day.
 */
export function createSeasonBand(ring: RowRing, dayRows: number, columnCount: number): SeasonBand {
  const reach = seasonReach(dayRows);
  const days = Array.from({ length: dayRows === 0 ? 0 : SEASON_DAYS }, (_, day) => {
    const middle = (day + 1) * dayRows;
    return createSpan(ring, { newest: middle - reach, oldest: middle + reach }, columnCount);
  });
  return {
    measure(into) {
      // Where the ring holds too few rows for one day, it does for those before.
      let known = 0;
      while (known < days.length && days[known].slide()) known++;
      if (known === 0) return false;
      const start = ring.offset(0);
      for (let column = 0; column < columnCount; column++) {
        let low = Infinity;
        let high = -Infinity;
        for (let day = 0; day < known; day++) {
          low = Math.min(low, days[day].low[column]);
          high = Math.max(high, days[day].high[column]);
        }
        into[column] = beyond(ring.data[start + column], low, high);
      }
      return true;
    },
  };
}

/** How far a value is above a range, below 0 how far under it; 0 within. */
export function beyond(value: number, low: number, high: number): number {
  return Math.max(0, value - high) - Math.max(0, low - value);
}

interface Ages {
  readonly newest: number;
  readonly oldest: number;
}

/** Extremes of the rows of some ages. Most rows that leave were none, so that few are looked for. */
function createSpan(ring: RowRing, ages: Ages, columnCount: number) {
  const low = new Float32Array(columnCount);
  const high = new Float32Array(columnCount);
  return {
    low,
    high,
    /** Goes on by the row that the ring took last. @returns False while it holds too few. */
    slide(): boolean {
      if (ring.count <= ages.oldest) return false;
      const isFirst = ring.count === ages.oldest + 1;
      const entering = ring.offset(ages.newest);
      const leaving = isFirst ? entering : ring.offset(ages.oldest + 1);
      for (let column = 0; column < columnCount; column++) {
        const value = ring.data[entering + column];
        const gone = ring.data[leaving + column];
        if (isFirst) high[column] = extremeOf(ring, column, ages, Infinity, 1);
        else if (value >= high[column]) high[column] = value;
        else if (gone === high[column]) high[column] = extremeOf(ring, column, ages, gone, 1);
        if (isFirst) low[column] = extremeOf(ring, column, ages, -Infinity, -1);
        else if (value <= low[column]) low[column] = value;
        else if (gone === low[column]) low[column] = extremeOf(ring, column, ages, gone, -1);
      }
      return true;
    },
  };
}

/** Greatest value of a column, or least where the sign is -1; the bound is known to be as extreme. */
function extremeOf(
  { data, offset }: RowRing,
  column: number,
  { newest, oldest }: Ages,
  bound: number,
  sign: 1 | -1,
): number {
  let extreme = data[offset(newest) + column];
  for (let age = newest + 1; age <= oldest && extreme !== bound; age++) {
    const value = data[offset(age) + column];
    if (sign * (value - extreme) > 0) extreme = value;
  }
  return extreme;
}
