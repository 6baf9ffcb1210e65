import { assertAlmostEquals, assertThrows } from "@std/assert";
import { gaussLegendre } from "../../../scoring/numeric/mod.ts";

Deno.test("gaussLegendre(2) is the textbook's", () => {
  const { points, weights } = gaussLegendre(2);
  const half = Math.sqrt(1 / 12);
  assertAlmostEquals(points[0], 0.5 - half, 1e-16);
  assertAlmostEquals(points[1], 0.5 + half, 1e-16);
  assertAlmostEquals(weights[0], 0.5, 1e-15);
  assertAlmostEquals(weights[1], 0.5, 1e-15);
});

Deno.test("n points integrate every power up to 2n − 1", () => {
  for (let n = 1; n <= 64; n++) {
    const { points, weights } = gaussLegendre(n);
    for (let power = 0; power < 2 * n; power++) {
      const integral = points.reduce((sum, t, k) => sum + weights[k] * t ** power, 0);
      assertAlmostEquals(integral, 1 / (power + 1), 1e-14);
    }
  }
});

for (const n of [0, 65, 1.5, NaN]) {
  Deno.test(`gaussLegendre refuses ${n}`, () => {
    assertThrows(() => gaussLegendre(n), RangeError, String(n));
  });
}
