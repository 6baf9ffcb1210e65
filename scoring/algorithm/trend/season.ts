import type { Table } from "../frame/mod.ts";

/** Rows of a season that methods can remember a few of. */
export const SEASON_ROWS_MAX = 2048;
const SEASON_ROWS_MIN = 4;
/** Autocorrelation from which a season is believed. */
const CORRELATION_MIN = 0.3;
/** A longer season has to explain that much more. */
const LONGER_GAIN = 0.1;
/** Newest training rows and first columns that are looked at: enough for several seasons. */
const ROWS_MAX = 8192;
const COLUMNS_MAX = 8;
const DAY_MS = 86_400_000;

/**
 * Rows of the season that the columns share, or 0: a day or a week where the time between rows is
 * known and the data agree, else the shortest lag at which the autocorrelation peaks.
 *
 * @param rows In order of time.
 */
export function findSeason(rows: Table, rowMs?: number): number {
  const series = detrended(rows);
  const lagMax = Math.min(Math.floor(series[0].length / 3), SEASON_ROWS_MAX);
  if (lagMax < SEASON_ROWS_MIN) return 0;
  return (rowMs ? calendarSeason(series, rowMs, lagMax) : 0) || peakSeason(series, lagMax);
}

function calendarSeason(series: Float64Array[], rowMs: number, lagMax: number): number {
  const day = DAY_MS / rowMs;
  let season = 0;
  let best = CORRELATION_MIN;
  for (const lag of [day, 7 * day]) {
    if (!Number.isInteger(lag) || lag < SEASON_ROWS_MIN || lag > lagMax) continue;
    const correlation = meanCorrelation(series, lag);
    if (correlation < best) continue;
    season = lag;
    best = correlation + LONGER_GAIN;
  }
  return season;
}

/** The first peak that is nearly as high as the highest; peaks count after the first dip below 0. */
function peakSeason(series: Float64Array[], lagMax: number): number {
  const correlations = Float64Array.from(
    { length: lagMax + 1 },
    (_, lag) => meanCorrelation(series, lag),
  );
  let lag = 1;
  while (lag <= lagMax && correlations[lag] > 0) lag++;
  let highest = CORRELATION_MIN;
  for (let other = lag; other <= lagMax; other++) {
    highest = Math.max(highest, correlations[other]);
  }
  for (lag = Math.max(lag, SEASON_ROWS_MIN); lag < lagMax; lag++) {
    const here = correlations[lag];
    if (here < 0.9 * highest || here < CORRELATION_MIN) continue;
    if (here >= correlations[lag - 1] && here >= correlations[lag + 1]) return lag;
  }
  return 0;
}

/** Over columns, those that never change left out. */
function meanCorrelation(series: Float64Array[], lag: number): number {
  let sum = 0;
  let count = 0;
  for (const values of series) {
    let products = 0;
    let squares = 0;
    for (let row = 0; row < values.length; row++) {
      squares += values[row] * values[row];
      if (row >= lag) products += values[row] * values[row - lag];
    }
    if (squares === 0) continue;
    // Fewer products than squares would make long seasons look weak.
    sum += products / squares * values.length / (values.length - lag);
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/** Columns less their straight line. */
function detrended({ values: table, rowCount, columnCount }: Table): Float64Array[] {
  const length = Math.min(rowCount, ROWS_MAX);
  return Array.from({ length: Math.min(columnCount, COLUMNS_MAX) }, (_, column) => {
    const values = Float64Array.from(
      { length },
      (_, row) => table[(rowCount - length + row) * columnCount + column],
    );
    let mean = 0;
    values.forEach((value, row) => mean += (value - mean) / (row + 1));
    const middle = (length - 1) / 2;
    let slope = 0;
    let squares = 0;
    values.forEach((value, row) => {
      slope += (row - middle) * (value - mean);
      squares += (row - middle) * (row - middle);
    });
    slope = squares > 0 ? slope / squares : 0;
    return values.map((value, row) => value - mean - slope * (row - middle));
  });
}
