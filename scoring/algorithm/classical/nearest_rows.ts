/** Searches of the rows nearest to a row, one after the other, in the same memory. */
export interface NearestRows {
  /** Numbers of the rows that `find` has found, nearest first. */
  readonly rows: Uint32Array;
  /** Their squared distances. */
  readonly squares: Float64Array;
  /** Finds up to k rows apart from `row`; how many there are. */
  find(row: Float64Array): number;
}

/** Squared distances below it are of rows that lie on one another: 10⁻⁹ of a standard deviation. */
const APART_MIN = 1e-18;

/** Exact Euclidean search by going through all rows; of equal distances the first row is nearer. */
export function nearestRows(values: Float64Array, columnCount: number, k: number): NearestRows {
  const rowCount = values.length / columnCount;
  const rows = new Uint32Array(k);
  const squares = new Float64Array(k);
  return {
    rows,
    squares,
    find(row) {
      let found = 0;
      for (let other = 0; other < rowCount; other++) {
        const limit = found < k ? Infinity : squares[k - 1];
        const square = squaredDistance(values, other * columnCount, row, limit);
        if (square < APART_MIN || square >= limit) continue;
        let place = Math.min(found, k - 1);
        while (place > 0 && squares[place - 1] > square) {
          squares[place] = squares[place - 1];
          rows[place] = rows[place - 1];
          place--;
        }
        squares[place] = square;
        rows[place] = other;
        if (found < k) found++;
      }
      return found;
    },
  };
}

/** Stops early at `limit`, so that far rows cost little. */
function squaredDistance(
  values: Float64Array,
  start: number,
  row: Float64Array,
  limit: number,
): number {
  let sum = 0;
  for (let column = 0; column < row.length; column++) {
    const distance = values[start + column] - row[column];
    sum += distance * distance;
    if (sum >= limit) return sum;
  }
  return sum;
}
