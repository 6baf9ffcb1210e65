/** Searches the rows nearest to a row, one search after the other in the same memory. */
export interface NearestSearch {
  /** Numbers of the rows that were found last, nearest first. */
  readonly rows: Uint32Array;
  /** Their squared distances. */
  readonly squares: Float64Array;
  /**
   * Finds the nearest rows, as many as there is room for.
   *
   * @param skipped A row that is not looked at; −1 for none.
   */
  find(row: Float64Array, skipped: number): void;
}

/**
 * Euclidean search through all rows; of equal distances the first row is nearer.
 *
 * @param values Rows of `columnCount` values each, at least `count` and the one that is skipped.
 */
export function createNearestSearch(
  values: Float64Array,
  columnCount: number,
  count: number,
): NearestSearch {
  const rowCount = values.length / columnCount;
  const rows = new Uint32Array(count);
  const squares = new Float64Array(count);
  return {
    rows,
    squares,
    find(row, skipped) {
      squares.fill(Infinity);
      for (let other = 0; other < rowCount; other++) {
        if (other === skipped) continue;
        const square = squaredDistance(values, other * columnCount, row);
        if (!(square < squares[count - 1])) continue;
        let place = count - 1;
        for (; place > 0 && squares[place - 1] > square; place--) {
          squares[place] = squares[place - 1];
          rows[place] = rows[place - 1];
        }
        squares[place] = square;
        rows[place] = other;
      }
    },
  };
}

/** Four sums at a time do not wait for one another. */
function squaredDistance(values: Float64Array, start: number, row: Float64Array): number {
  const { length } = row;
  const whole = length - length % 4;
  let sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
  for (let column = 0; column < whole; column += 4) {
    const distance0 = values[start + column] - row[column];
    const distance1 = values[start + column + 1] - row[column + 1];
    const distance2 = values[start + column + 2] - row[column + 2];
    const distance3 = values[start + column + 3] - row[column + 3];
    sum0 += distance0 * distance0;
    sum1 += distance1 * distance1;
    sum2 += distance2 * distance2;
    sum3 += distance3 * distance3;
  }
  for (let column = whole; column < length; column++) {
    const distance = values[start + column] - row[column];
    sum0 += distance * distance;
  }
  return sum0 + sum1 + (sum2 + sum3);
}

/** Adds the squares of the differences between a row and the rows that were found last. */
export function addSquares(
  { rows }: NearestSearch,
  values: Float64Array,
  row: Float64Array,
  parts: Float64Array,
): void {
  for (const other of rows) {
    for (let column = 0; column < row.length; column++) {
      const distance = values[other * row.length + column] - row[column];
      parts[column] += distance * distance;
    }
  }
}
