import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createHabituation } from "../../../../../scoring/algorithm/series/novelty/habituation.ts";
import { createPastValues } from "../../../../../scoring/algorithm/series/novelty/past_values.ts";
import { createRecentLevels } from "../../../../../scoring/algorithm/series/novelty/recent_levels.ts";
import {
  slidingGreatest,
  slidingMean,
  slidingRange,
} from "../../../../../scoring/algorithm/series/novelty/sliding.ts";
import { createSumBounds } from "../../../../../scoring/algorithm/series/novelty/sum_bounds.ts";
import { viewsOf } from "../../../../../scoring/algorithm/series/novelty/views.ts";

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -20, max: 20 }) },
  { weight: 1, arbitrary: fc.constant(NaN) },
);

Deno.test("past values give what their rows have to say", () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 1, max: 7 }),
      (values, age, rows) => {
        const past = createPastValues(17);
        for (const one of values) past.push(one);
        const known = windowOf(values, age, rows).filter((one) => !Number.isNaN(one));
        const sum = known.reduce((total, one) => total + one, 0);
        const mean = sum / known.length;
        const squares = known.reduce((total, one) => total + (one - mean) ** 2, 0);
        assertEquals(past.at(age), values[values.length - age - 1] ?? NaN);
        assertEquals(past.sum(age, rows), sum);
        assertEquals(past.greatest(age, rows, 1), Math.max(...known));
        assertEquals(past.greatest(age, rows, -1), Math.max(...known.map((one) => -one)));
        assertEquals(past.deviation(age, rows, mean), Math.sqrt(squares / known.length));
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

function windowOf(values: readonly number[], age: number, rows: number): number[] {
  const end = values.length - age;
  return Array.from({ length: rows }, (_, i) => values[end - rows + i] ?? NaN);
}

/** Numbers whose sums are exact, and some that are too large or too small beside the others. */
const mixed = fc.oneof(
  { weight: 20, arbitrary: fc.float({ noNaN: true, min: -100, max: 100 }) },
  { weight: 20, arbitrary: fc.integer({ min: -20, max: 20 }) },
  { weight: 3, arbitrary: fc.constant(NaN) },
  { weight: 1, arbitrary: fc.constantFrom(1e30, -1e30, 1e-30, 3e38, -3e38, 1.4e-45) },
);

Deno.test("a sliding window gives the bits of one made anew, or NaN where half of it is missing", () => {
  fc.assert(
    fc.property(
      fc.array(mixed, { minLength: 30, maxLength: 90 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 1, max: 7 }),
      (given, age, rows) => {
        const values = given.map(Math.fround);
        const past = createPastValues(17);
        const mean = slidingMean(past, age, rows);
        const greatest = slidingGreatest(past, age, rows);
        const range = slidingRange(past, age, rows);
        values.forEach((one, row) => {
          past.push(one);
          const window = windowOf(values.slice(0, row + 1), age, rows);
          const known = window.filter((own) => !Number.isNaN(own));
          const isKnown = 2 * known.length >= rows;
          const sum = known.reduce((total, own) => total + own, 0);
          const [least, most] = [Math.min(...known), Math.max(...known)];
          assertSame(mean(), isKnown ? sum / known.length : NaN);
          assertSame(greatest(), isKnown ? most : NaN);
          assertSame(range(), isKnown ? most - least : NaN);
        });
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

/** The same number; an order does not tell −0 from 0. */
function assertSame(actual: number, expected: number): void {
  assertEquals(actual + 0, expected + 0);
}

Deno.test("sums are known to be exact as long as the newest numbers are of one size", () => {
  for (
    const [numbers, expected] of [
      [[0.1, 0.2, 100], true],
      [[1, 1e12, 3], true],
      [[0.1, 1e12], false],
      [[1e-30, 1], false],
      [[1e-30, 2e-30, NaN, 0], true],
      [[0.1, 1e12, 1, 1, 1, 1, 1, 1], true],
    ] as const
  ) {
    const bounds = createSumBounds(3);
    for (const one of numbers) bounds.take(Math.fround(one));
    assertEquals(bounds.isExact(), expected, `${numbers}`);
  }
});

Deno.test("a level is a record, or a peak, when it stands out of its neighbours", () => {
  const reach = 3;
  const level = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(fc.array(level, { minLength: 1, maxLength: 40 }), (levels) => {
      const recent = createRecentLevels(reach);
      levels.forEach((own, row) => {
        recent.push(own);
        const before = levels.slice(Math.max(0, row - reach), row);
        assertEquals(recent.isRecord(), own > Math.max(0, ...before));
        const centre = row - reach;
        const left = levels.slice(Math.max(0, centre - reach), Math.max(0, centre));
        const right = levels.slice(centre + 1, row + 1);
        const isPeak = centre >= 0 && levels[centre] > Math.max(0, ...left) &&
          levels[centre] >= Math.max(...right);
        assertEquals(recent.peak(), isPeak ? levels[centre] : 0);
      });
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("a novelty surprises less for each past episode, until that is forgotten", () => {
  const [reach, memory] = [2, 10];
  const habituation = createHabituation(reach, memory);
  const surprises = [0, 1, 1, 0, 0.7, ...Array(20).fill(0), 1].map(habituation.push);
  assertAlmostEquals(surprises[1], 1 / Math.sqrt(0.3), 1e-12);
  // The peak is known to be one two rows later.
  assertAlmostEquals(surprises[2], 1 / Math.sqrt(0.3), 1e-12);
  assertAlmostEquals(surprises[4], 0.7 / Math.sqrt(1.3), 1e-12);
  assertAlmostEquals(surprises[25], 1 / Math.sqrt(0.3), 1e-12);
});

Deno.test("an episode is remembered for as many rows as told", () => {
  const [reach, memory] = [1, 5];
  for (let pause = 1; pause < 9; pause++) {
    const habituation = createHabituation(reach, memory);
    habituation.push(1);
    for (let row = 0; row < pause; row++) habituation.push(0);
    const expected = pause < memory ? 1.3 : 0.3;
    assertAlmostEquals(habituation.push(1), 1 / Math.sqrt(expected), 1e-12, `${pause}`);
  }
});

Deno.test("views see the value, its peaks, level and range, its day and the day before", () => {
  const past = createPastValues(330);
  const followed = [0, 9].map((age) => viewsOf(24).map((view) => view.follow(past, age)));
  let seen: number[][] = [];
  for (let row = 0; row < 300; row++) {
    past.push(row % 10 === 0 ? row + 0.5 : row);
    seen = followed.map((views) => views.map((see) => see()));
  }
  assertEquals(seen, [
    [299, 299, 249.55, 99 - 0.5, 287.5 + 1 / 24, 24],
    [290.5, 290.5, 240.55, 99.5, 278.5 + 1.5 / 24, 24],
  ]);
  assertEquals(viewsOf(24).map(({ weight }) => weight), [1, 0.25, 0.25, 0.25, 0.25, 0.125]);
});

Deno.test("views see nothing but the rows that they name", () => {
  for (const { rows, follow } of viewsOf(24)) {
    const seen = (...before: number[]) => {
      const past = createPastValues(150);
      const see = follow(past, 0);
      let last = NaN;
      for (const one of [...before, ...Array(rows).keys()]) {
        past.push(one);
        last = see();
      }
      return last;
    };
    assertEquals(seen(1e6), seen(-1e6));
    assert(!Number.isNaN(seen()));
  }
});
