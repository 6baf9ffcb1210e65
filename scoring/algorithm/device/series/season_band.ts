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
  const low = new Float32Array(columnCount);
  const high = new Float32Array(columnCount);
  return {
    measure(into) {
      // Where the ring holds too few rows for one day, it does for those before.
      let known = 0;
      while (known < days.length && days[known].slide()) known++;
      if (known === 0) return false;
      low.set(days[0].low);
      high.set(days[0].high);
      for (let day = 1; day < known; day++) days[day].widen(low, high);
      const start = ring.offset(0);
      for (let column = 0; column < columnCount; column++) {
        into[column] = beyond(ring.data[start + column], low[column], high[column]);
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
  const { data } = ring;
  const low = new Float32Array(columnCount);
  const high = new Float32Array(columnCount);

  function begin(): void {
    for (let column = 0; column < columnCount; column++) {
      high[column] = greatestOf(ring, column, ages, 1, Infinity);
      low[column] = -greatestOf(ring, column, ages, -1, Infinity);
    }
  }

  return {
    low,
    high,
    /** Takes these extremes into others. */
    widen(lowest: Float32Array, highest: Float32Array): void {
      for (let column = 0; column < columnCount; column++) {
        if (low[column] < lowest[column]) lowest[column] = low[column];
        if (high[column] > highest[column]) highest[column] = high[column];
      }
    },
    /** Goes on by the row that the ring took last. @returns False while it holds too few. */
    slide(): boolean {
      if (ring.count <= ages.oldest) return false;
      if (ring.count === ages.oldest + 1) {
        begin();
        return true;
      }
      const entering = ring.offset(ages.newest);
      const leaving = ring.offset(ages.oldest + 1);
      for (let column = 0; column < columnCount; column++) {
        const value = data[entering + column];
        const gone = data[leaving + column];
        if (value >= high[column]) high[column] = value;
        else if (gone === high[column]) high[column] = greatestOf(ring, column, ages, 1, gone);
        if (value <= low[column]) low[column] = value;
        else if (gone === low[column]) low[column] = -greatestOf(ring, column, ages, -1, -gone);
      }
      return true;
    },
  };
}

/** Greatest value of a column times a sign; the bound is known to be as great. */
function greatestOf(
  ring: RowRing,
  column: number,
  { newest, oldest }: Ages,
  sign: 1 | -1,
  bound: number,
): number {
  const { data, width, size } = ring;
  let at = ring.offset(newest) + column;
  let greatest = sign * data[at];
  for (let age = newest; age < oldest && greatest !== bound; age++) {
    at = at < width ? at - width + size : at - width;
    const value = sign * data[at];
    if (value > greatest) greatest = value;
  }
  return greatest;
}
