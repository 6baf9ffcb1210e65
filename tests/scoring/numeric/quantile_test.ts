import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { median, medianAbsoluteDeviation, quantile } from "../../../scoring/numeric/mod.ts";

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
