/** The last values of one column by how many rows ago they came; NaN where there was none. */
export interface PastValues {
  push(value: number): void;
  /** The value of so many rows ago, 0 for the one pushed last. */
  at(age: number): number;
  /** Sum of those of `rows` values that are known, of which the newest is `age` rows old. */
  sum(age: number, rows: number): number;
  /** The greatest of them times a sign of 1 or −1; −Infinity where none is known. */
  greatest(age: number, rows: number, sign: number): number;
  /** Standard deviation of those that are known around their mean. */
  deviation(age: number, rows: number, mean: number): number;
}

/**
 * Each statistic is made anew from the oldest value to the newest: its bits depend on those values
 * alone, never on when pushing began.
 *
 * @param size Rows that are kept: every age, and every `age` + `rows`, is below it.
 */
export function createPastValues(size: number): PastValues {
  // Each value is kept twice, one size apart, so that any window lies in one piece.
  const values = new Float32Array(2 * size).fill(NaN);
  let newest = size - 1;
  return {
    push(value) {
      newest = newest + 1 === size ? 0 : newest + 1;
      values[newest] = value;
      values[newest + size] = value;
    },
    at: (age) => values[newest + size - age],
    sum(age, rows) {
      const end = newest + size - age + 1;
      let sum = 0;
      for (let index = end - rows; index < end; index++) {
        const value = values[index];
        if (value === value) sum += value;
      }
      return sum;
    },
    greatest(age, rows, sign) {
      const end = newest + size - age + 1;
      let greatest = -Infinity;
      for (let index = end - rows; index < end; index++) {
        const value = sign * values[index];
        if (value > greatest) greatest = value;
      }
      return greatest;
    },
    deviation(age, rows, mean) {
      const end = newest + size - age + 1;
      let squares = 0;
      let known = 0;
      for (let index = end - rows; index < end; index++) {
        const value = values[index];
        if (value !== value) continue;
        known++;
        squares += (value - mean) * (value - mean);
      }
      return Math.sqrt(squares / known);
    },
  };
}
