import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createHabituation } from "../../../../../scoring/algorithm/series/novelty/habituation.ts";
import { createPastValues } from "../../../../../scoring/algorithm/series/novelty/past_values.ts";
import { createRecentLevels } from "../../../../../scoring/algorithm/series/novelty/recent_levels.ts";
import { viewsOf } from "../../../../../scoring/algorithm/series/novelty/views.ts";

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -20, max: 20 }) },
  { weight: 1, arbitrary: fc.constant(NaN) },
);

Deno.test("past values give what their rows have to say, or NaN where half of them are missing", () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 1, max: 7 }),
      (values, age, rows) => {
        const past = createPastValues(17);
        for (const one of values) past.push(one);
        const end = values.length - age;
        const window = Array.from({ length: rows }, (_, i) => values[end - rows + i] ?? NaN);
        const known = window.filter((one) => !Number.isNaN(one));
        const isKnown = 2 * known.length >= rows;
        const [least, greatest] = [Math.min(...known), Math.max(...known)];
        assertEquals(past.at(age), values[end - 1] ?? NaN);
        assertEquals(past.max(age, rows), isKnown ? greatest : NaN);
        assertEquals(past.range(age, rows), isKnown ? greatest - least : NaN);
        const mean = known.reduce((sum, one) => sum + one, 0) / known.length;
        assertEquals(past.mean(age, rows), isKnown ? mean : NaN);
        const squares = known.reduce((sum, one) => sum + (one - mean) ** 2, 0);
        assertEquals(past.deviation(age, rows), isKnown ? Math.sqrt(squares / known.length) : NaN);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
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
  const past = createPastValues(300);
  for (let row = 0; row < 300; row++) past.push(row % 10 === 0 ? row + 0.5 : row);
  const seen = (age: number) => viewsOf(24).map((view) => view.see(past, age));
  assertEquals(seen(0), [299, 299, 249.55, 99 - 0.5, 287.5 + 1 / 24, 24]);
  assertEquals(seen(9), [290.5, 290.5, 240.55, 99.5, 278.5 + 1.5 / 24, 24]);
  assertEquals(viewsOf(24).map(({ weight }) => weight), [1, 0.25, 0.25, 0.25, 0.25, 0.125]);
});

Deno.test("views see nothing but the rows that they name", () => {
  for (const { rows, see } of viewsOf(24)) {
    const seen = (outside: number) => {
      const past = createPastValues(150);
      past.push(outside);
      for (let row = 0; row < rows; row++) past.push(row);
      return see(past, 0);
    };
    assertEquals(seen(1e6), seen(-1e6));
    const past = createPastValues(150);
    for (let row = 0; row < rows; row++) past.push(row);
    assert(!Number.isNaN(see(past, 0)));
  }
});
