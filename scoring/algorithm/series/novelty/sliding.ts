import { createSumBounds } from "./sum_bounds.ts";
import type { PastValues } from "./past_values.ts";

/**
 * Goes along a column's values with a window of some of its rows: to be called once after each push.
 * It gives NaN where fewer than half of those rows have a value.
 */
export type Sliding = () => number;

/**
 * Arithmetic mean of `rows` values of which the newest is `age` rows old, with the bits of a sum from
 * the oldest to the newest.
 */
export function slidingMean(values: PastValues, age: number, rows: number): Sliding {
  // Of the row that leaves as well.
  const bounds = createSumBounds(rows + 1);
  let sum = 0;
  let known = 0;
  let wasExact = true;
  return () => {
    const entering = values.at(age);
    const leaving = values.at(age + rows);
    bounds.take(entering);
    if (entering === entering) {
      sum += entering;
      known++;
    }
    if (leaving === leaving) {
      sum -= leaving;
      known--;
    }
    // Exact sums are the same in any order; most series have no others.
    const isExact = bounds.isExact();
    if (!isExact || !wasExact) sum = values.sum(age, rows);
    wasExact = isExact;
    return 2 * known < rows ? NaN : sum / known;
  };
}

/** The greatest of those values times a sign of 1 or −1. */
export function slidingGreatest(
  values: PastValues,
  age: number,
  rows: number,
  sign: 1 | -1 = 1,
): Sliding {
  let greatest = -Infinity;
  let known = 0;
  return () => {
    const entering = sign * values.at(age);
    const leaving = sign * values.at(age + rows);
    if (entering === entering) known++;
    if (leaving === leaving) known--;
    // Most values that leave were not the greatest, so that few are looked for.
    if (entering >= greatest) greatest = entering;
    else if (leaving === greatest) greatest = values.greatest(age, rows, sign);
    return 2 * known < rows ? NaN : greatest;
  };
}

/** The greatest less the least of those values. */
export function slidingRange(values: PastValues, age: number, rows: number): Sliding {
  const greatest = slidingGreatest(values, age, rows);
  const opposite = slidingGreatest(values, age, rows, -1);
  return () => greatest() + opposite();
}
