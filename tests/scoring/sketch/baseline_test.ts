import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { fitBaseline } from "../../../scoring/detect/mod.ts";
import {
  EMPTY_SKETCH,
  mergeSketches,
  sketchBaseline,
  sketchOf,
} from "../../../scoring/sketch/mod.ts";

/** A level with some spread, as metrics have; many enough that ranks between values do not matter. */
const series = fc.array(fc.double({ min: 10, max: 90, noNaN: true }), {
  minLength: 400,
  maxLength: 400,
});

Deno.test("a sketch's baseline is near that of its values", () => {
  fc.assert(
    fc.property(series, (values) => {
      const wanted = fitBaseline(values);
      const { count, min, max, mean, median, mad, quantiles } = sketchBaseline(sketchOf(values));
      assertEquals([count, min, max], [wanted.count, wanted.min, wanted.max]);
      assert(Math.abs(mean - wanted.mean) < 1e-9 * wanted.mean);
      // Half a rank lies between the two definitions of a quantile.
      const sorted = values.toSorted((left, right) => left - right);
      const step = Math.max(...sorted.slice(1).map((value, index) => value - sorted[index]));
      const slack = step + 0.011 * 90;
      assert(Math.abs(median - wanted.median) <= slack);
      assert(Math.abs(mad - wanted.mad) <= 2 * slack, `${mad} for ${wanted.mad}`);
      assert(Math.abs(quantiles.p95 - wanted.quantiles.p95) <= slack);
    }),
    { numRuns: 50 },
  );
});

Deno.test("the baseline of merged sketches is that of all values", () => {
  fc.assert(
    fc.property(series, series, (left, right) => {
      const merged = sketchBaseline(mergeSketches(sketchOf(left), sketchOf(right)));
      const whole = sketchBaseline(sketchOf([...left, ...right]));
      assert(Math.abs(merged.mean - whole.mean) < 1e-9 * whole.mean);
      assertEquals({ ...merged, mean: 0 }, { ...whole, mean: 0 });
    }),
    { numRuns: 20 },
  );
});

Deno.test("an empty sketch has no baseline", () => {
  assertThrows(() => sketchBaseline(EMPTY_SKETCH), RangeError, "empty");
});
