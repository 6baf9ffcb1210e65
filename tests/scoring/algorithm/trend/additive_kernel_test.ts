import { assert, assertAlmostEquals } from "@std/assert";
import {
  additiveKernel,
  weightedSum,
} from "../../../../scoring/algorithm/trend/additive_kernel.ts";
import { SEASON, wave } from "./seasonal_rows.ts";

for (const phase of [0, 7, 23]) {
  Deno.test(`the kernel carries on a line and a wave of phase ${phase}`, () => {
    const windowRows = 4 * SEASON;
    const kernel = additiveKernel({ windowRows, seasonRows: SEASON, order: 3 });
    const { data } = wave({ rows: windowRows + 1, noise: 0, rise: 0.1, phase });
    const expected = weightedSum(kernel, Float64Array.from(data.subarray(0, windowRows)));
    assert(Math.abs(expected - data[windowRows]) < 0.05, `${expected}, ${data[windowRows]}`);
  });
}

Deno.test("the kernel of a constant gives the constant", () => {
  const kernel = additiveKernel({ windowRows: 50, seasonRows: 0, order: 0 });
  assertAlmostEquals(weightedSum(kernel, new Float64Array(50).fill(7)), 7, 1e-2);
});

Deno.test("a weighted sum counts each value once, whatever the length", () => {
  for (let length = 0; length < 10; length++) {
    const values = Float64Array.from({ length }, (_, k) => k + 1);
    const weights = Float64Array.from({ length }, (_, k) => 2 ** k);
    const sum = values.reduce((sum, value, k) => sum + value * weights[k], 0);
    assertAlmostEquals(weightedSum(weights, values), sum, 1e-12);
  }
});
