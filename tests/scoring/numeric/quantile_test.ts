import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  median,
  medianAbsoluteDeviation,
  quantile,
  quantileOfSizes,
} from "../../../scoring/numeric/mod.ts";
import { select } from "../../../scoring/numeric/select.ts";

for (
  const [sorted, q, expected] of [
    [[1, 2, 3, 4], 0, 1],
    [[1, 2, 3, 4], 1, 4],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4], 0.25, 1.75],
    [[5], 0.98, 5],
    [[], 0.5, NaN],
    [[-1.7e308, 1.7e308], 0.5, 0],
    [[0.1, 0.1], 0.3, 0.1],
  ] as const
) {
  Deno.test(`quantile([${sorted}], ${q}) is ${expected}`, () =>
    assertEquals(quantile(sorted, q), expected));
}

for (const q of [-0.01, 1.01, NaN]) {
  Deno.test(`quantile refuses q = ${q}`, () => {
    assertThrows(() => quantile([1], q), RangeError, "[0, 1]");
  });
}

Deno.test("quantile lies among the values and rises with q", () =>
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const sorted = Float64Array.from(values).sort();
        const found = quantile(sorted, q);
        return found >= sorted[0] && found <= sorted[sorted.length - 1] &&
          quantile(sorted, q / 2) <= found;
      },
    ),
  ));

Deno.test("median and medianAbsoluteDeviation take values in any order and keep them", () => {
  const values = Object.freeze([9, 1, 2, 2, 100]) as readonly number[];
  assertEquals(median(values), 2);
  assertEquals(medianAbsoluteDeviation(values), 1);
  assertEquals(medianAbsoluteDeviation(values, 1), 1);
  assertEquals(median([]), NaN);
  assertEquals(medianAbsoluteDeviation([]), NaN);
});

Deno.test("the quantile of sizes is that of the sorted ones, to the bit", () => {
  const sizes = fc.array(
    fc.oneof(
      fc.double({ min: 0, max: 1e308, noNaN: true }).map(Math.abs),
      fc.integer({ min: 0, max: 4 }),
    ),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
      const sorted = Float64Array.from(values).sort();
      assertEquals(quantileOfSizes(Float64Array.from(values), q), quantile(sorted, q));
    }),
    { seed: 1, numRuns: 500 },
  );
});

const COUNT = 2001;
for (
  const [order, sizeAt] of [
    ["ascending", (index: number) => index],
    ["descending", (index: number) => COUNT - index],
    ["alike", () => 7],
    ["down and up", (index: number) => Math.abs(index - 1000)],
    ["to and fro", (index: number) => index % 2 === 0 ? index : COUNT - index],
    ["in steps", (index: number) => index % 5],
  ] as const
) {
  Deno.test(`the quantile of sizes that are ${order} is found`, () => {
    const sizes = Float64Array.from({ length: COUNT }, (_, index) => sizeAt(index));
    for (const q of [0, 0.01, 0.5, 0.95, 1]) {
      assertEquals(quantileOfSizes(sizes.slice(), q), quantile(sizes.toSorted(), q), `${q}`);
    }
  });
}

for (const rounds of [0, 1, 2, 64]) {
  Deno.test(`a rank is found, and all are on their side of it, in ${rounds} rounds and a sort`, () =>
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1 }), fc.nat(), (values, at) => {
        const rank = at % values.length;
        const parted = Float64Array.from(values);
        const found = select(parted, rank, rounds);
        assertEquals(found, Float64Array.from(values).sort()[rank]);
        assertEquals(parted.subarray(0, rank).some((one) => one > found), false);
        assertEquals(parted.subarray(rank).some((one) => one < found), false);
      }),
      { seed: 1 },
    ));
}

Deno.test("the quantile of no sizes is not a number, one of no share is refused", () => {
  assertEquals(quantileOfSizes(new Float64Array(), 0.5), NaN);
  assertThrows(() => quantileOfSizes(Float64Array.of(1), 1.01), RangeError, "[0, 1]");
});
