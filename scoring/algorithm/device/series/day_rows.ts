import type { Matrix } from "../../../forest/mod.ts";

/** Longest day that is kept in memory, rows: one row in 30 s. */
export const DAY_ROWS_MAX = 2880;
/** Shortest day whose hours can be told apart. */
const DAY_ROWS_MIN = 12;
const DAY_MS = 86_400_000;
/** What days of telemetry mostly have: a row in five minutes, or in one; ascending. */
const CANDIDATES: readonly number[] = [288, 1440];
/** Five days look as alike as one, so that the shorter one needs not be the more alike of the two. */
const ALIKE_SHARE = 0.75;

/**
 * Rows of a day: by the time between rows where it is known. Else the shortest of 288 and 1440 rows
 * at which the training rows resemble themselves at least three quarters as much as at the other,
 * by the mean autocorrelation of all columns that vary.
 *
 * @param rowMs Time between rows, ms.
 * @returns 0 for a day of no known or no fit length, or one that training holds less than two of.
 */
export function findDayRows(scaled: Matrix, rowMs: number | undefined): number {
  if (rowMs !== undefined) {
    const rows = Math.floor(DAY_MS / rowMs + 0.5);
    const isFit = rows >= DAY_ROWS_MIN && rows <= DAY_ROWS_MAX && 2 * rows <= scaled.rowCount;
    return isFit ? rows : 0;
  }
  const candidates = CANDIDATES.filter((rows) => 2 * rows <= scaled.rowCount);
  const likeness = candidates.map((rows) => meanAutocorrelation(scaled, rows));
  const best = likeness.reduce((most, one) => Math.max(most, one), 0);
  if (best === 0) return 0;
  return candidates.find((_, index) => likeness[index] >= ALIKE_SHARE * best) ?? 0;
}

function meanAutocorrelation({ data, rowCount, columnCount }: Matrix, lag: number): number {
  let sum = 0;
  let varying = 0;
  for (let column = 0; column < columnCount; column++) {
    let mean = 0;
    for (let row = 0; row < rowCount; row++) mean += data[row * columnCount + column];
    mean /= rowCount;
    let variance = 0;
    let covariance = 0;
    for (let row = 0; row < rowCount; row++) {
      const distance = data[row * columnCount + column] - mean;
      variance += distance * distance;
      if (row < lag) continue;
      covariance += distance * (data[(row - lag) * columnCount + column] - mean);
    }
    if (variance === 0) continue;
    sum += covariance / (rowCount - lag) / (variance / rowCount);
    varying++;
  }
  return varying === 0 ? 0 : sum / varying;
}
