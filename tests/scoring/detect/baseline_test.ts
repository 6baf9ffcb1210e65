import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { fitBaseline } from "../../../scoring/detect/mod.ts";

Deno.test("a baseline tells centre, spread and quantiles", () => {
  const values = Array.from({ length: 101 }, (_, index) => 100 - index);
  assertEquals(fitBaseline(values), {
    count: 101,
    median: 50,
    mad: 25,
    mean: fitBaseline(values).mean,
    min: 0,
    max: 100,
    quantiles: { p01: 1, p05: 5, p25: 25, p75: 75, p95: 95, p99: 99 },
  });
  assert(Math.abs(fitBaseline(values).mean - 50) < 1e-12);
});

Deno.test("a baseline of no values is refused", () => {
  assertThrows(() => fitBaseline([]), RangeError, "at least 1 value");
});

Deno.test("a baseline of any finite values is finite, ordered and the same in any order", () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
  fc.assert(fc.property(values, (some) => {
    const { count, mad, mean, median, min, max, quantiles } = fitBaseline(some);
    const { p01, p05, p25, p75, p95, p99 } = quantiles;
    const ordered = [min, p01, p05, p25, median, p75, p95, p99, max];
    assert(ordered.every((value, index) => index === 0 || ordered[index - 1] <= value));
    assert(min <= mean && mean <= max && count === some.length);
    assert(mad >= 0 && Number.isFinite(mad));
    assertEquals(fitBaseline(some.toReversed()), fitBaseline(some));
  }));
});

for (
  const [what, values] of [
    ["the tiniest values", [-3e-323, -2.5e-323]],
    ["neighbours", [0, -1.7976931348623125e308, -1.7976931348623127e308, 0]],
  ] as const
) {
  Deno.test(`quantiles of ${what} are in order`, () => {
    const { min, median, max, quantiles: { p01, p05, p25, p75, p95, p99 } } = fitBaseline(values);
    const told = [min, p01, p05, p25, median, p75, p95, p99, max];
    assertEquals(told, told.toSorted((left, right) => left - right));
  });
}

Deno.test("a baseline of the hugest values stays finite", () => {
  const { mad, mean } = fitBaseline([-Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_VALUE]);
  assert(Number.isFinite(mad) && Number.isFinite(mean));
  const { mad: half } = fitBaseline([-Number.MAX_VALUE, Number.MAX_VALUE, 0.9 * Number.MAX_VALUE]);
  assert(Number.isFinite(half));
});
