/** The last values of one column by how many rows ago they came; NaN where there was none. */
export interface PastValues {
  push(value: number): void;
  /** The value of so many rows ago, 0 for the one pushed last. */
  at(age: number): number;
  /** Greatest of `rows` values of which the newest is `age` rows old. */
  max(age: number, rows: number): number;
  /** Their arithmetic mean. */
  mean(age: number, rows: number): number;
  /** Their standard deviation around that mean. */
  deviation(age: number, rows: number): number;
  /** Greatest less least of them. */
  range(age: number, rows: number): number;
}

/**
 * Each statistic is made anew from the oldest value to the newest: its bits depend on those values
 * alone, never on when pushing began. It is NaN where fewer than half of its rows have a value.
 *
 * @param size Rows that are kept: every `age` + `rows` is at most `size`.
 */
export function createPastValues(size: number): PastValues {
  // Each value is kept twice, one size apart, so that any window lies in one piece.
  const values = new Float32Array(2 * size).fill(NaN);
  let newest = size - 1;
  const meanOf = (end: number, rows: number) => {
    let sum = 0;
    let known = 0;
    for (let index = end - rows; index < end; index++) {
      if (values[index] !== values[index]) continue;
      known++;
      sum += values[index];
    }
    return 2 * known < rows ? NaN : sum / known;
  };
  return {
    push(value) {
      newest = newest + 1 === size ? 0 : newest + 1;
      values[newest] = value;
      values[newest + size] = value;
    },
    at: (age) => values[newest + size - age],
    max(age, rows) {
      const end = newest + size - age + 1;
      let greatest = -Infinity;
      let known = 0;
      for (let index = end - rows; index < end; index++) {
        if (values[index] !== values[index]) continue;
        known++;
        if (values[index] > greatest) greatest = values[index];
      }
      return 2 * known < rows ? NaN : greatest;
    },
    mean: (age, rows) => meanOf(newest + size - age + 1, rows),
    deviation(age, rows) {
      const end = newest + size - age + 1;
      const mean = meanOf(end, rows);
      let squares = 0;
      let known = 0;
      for (let index = end - rows; index < end; index++) {
        if (values[index] !== values[index]) continue;
        known++;
        squares += (values[index] - mean) * (values[index] - mean);
      }
      return Math.sqrt(squares / known);
    },
    range(age, rows) {
      const end = newest + size - age + 1;
      let greatest = -Infinity;
      let least = Infinity;
      let known = 0;
      for (let index = end - rows; index < end; index++) {
        if (values[index] !== values[index]) continue;
        known++;
        if (values[index] > greatest) greatest = values[index];
        if (values[index] < least) least = values[index];
      }
      return 2 * known < rows ? NaN : greatest - least;
    },
  };
}
