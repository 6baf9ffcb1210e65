import { assertAlmostEquals, assertEquals } from "@std/assert";
import { averagePathLength } from "../../../scoring/forest/mod.ts";

for (
  const [size, expected] of [
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1.207392358],
    [256, 10.244770921],
    [65_535, 21.335110590],
  ] as const
) {
  Deno.test(`averagePathLength(${size}) is ${expected}`, () =>
    assertAlmostEquals(averagePathLength(size), expected, 1e-6));
}

Deno.test("averagePathLength is the mean search length, but for the paper's harmonic estimate", () => {
  for (let n = 3; n < 2000; n++) {
    let harmonic = 0;
    for (let i = 1; i < n; i++) harmonic += 1 / i;
    const exact = 2 * harmonic - 2 * (n - 1) / n;
    // H(m) − (ln m + γ) is 1/(2m) and less.
    assertAlmostEquals(averagePathLength(n), exact, 1.0001 / (n - 1));
  }
});

Deno.test("averagePathLength of ml-isolation-forest is one γ lower", () => {
  assertEquals(averagePathLength(2, "mlIsolationForest"), 1);
  assertAlmostEquals(averagePathLength(256, "mlIsolationForest"), 10.244770921 - 0.577222, 1e-4);
});
