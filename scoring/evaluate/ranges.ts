/** Rows from the first to the last, both inclusive; row numbers count from 0. */
export type RowRange = readonly [first: number, last: number];

/** One mark a row: 1 within a range, else 0. Parts of ranges outside of the rows are left out. */
export function markedRows(rowCount: number, ranges: readonly RowRange[]): Uint8Array {
  const marks = new Uint8Array(rowCount);
  for (const [first, last] of ranges) marks.fill(1, Math.max(0, first), Math.max(0, last + 1));
  return marks;
}

/** The maximal runs of rows whose mark is not 0, in order. */
export function runsOf(marks: ArrayLike<number>): RowRange[] {
  const runs: RowRange[] = [];
  let first = -1;
  for (let row = 0; row <= marks.length; row++) {
    const marked = row < marks.length && marks[row] !== 0;
    if (marked && first < 0) first = row;
    if (!marked && first >= 0) {
      runs.push([first, row - 1]);
      first = -1;
    }
  }
  return runs;
}

/** Row numbers by falling score; rows of one score in order. Scores must not be NaN. */
export function rowsByScore(scores: ArrayLike<number>): Uint32Array {
  const rows = Uint32Array.from({ length: scores.length }, (_, row) => row);
  return rows.sort((left, right) => scores[right] - scores[left] || left - right);
}

/** How many of the marks are not 0. */
export function countMarked(marks: ArrayLike<number>): number {
  let count = 0;
  for (let row = 0; row < marks.length; row++) if (marks[row] !== 0) count++;
  return count;
}
