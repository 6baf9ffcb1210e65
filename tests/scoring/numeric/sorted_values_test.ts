import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createSortedValues, toFloat32 } from "../../../scoring/numeric/mod.ts";

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -20, max: 20 }) },
  { weight: 1, arbitrary: fc.constant(NaN) },
);

Deno.test("sorted values know the least, the greatest and the nearest of a sliding window", () => {
  const capacity = 8;
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 40 }),
      fc.integer({ min: -30, max: 30 }),
      (values, own) => {
        const sorted = createSortedValues(capacity);
        values.forEach((entering, index) => {
          // What is asked for before it enters is found where it was.
          if (index % 2 === 0) sorted.distanceTo(entering);
          sorted.replace(values[index - capacity] ?? NaN, entering);
          const held = values.slice(Math.max(0, index + 1 - capacity), index + 1)
            .filter((one) => !Number.isNaN(one));
          assertEquals([sorted.count, sorted.min, sorted.max], [
            held.length,
            Math.min(...held),
            Math.max(...held),
          ]);
          assertEquals(sorted.distanceTo(own), Math.min(...held.map((one) => Math.abs(one - own))));
        });
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("sorted values take one out as it was put in, whatever f32 makes of it", () => {
  const sorted = createSortedValues(3);
  for (const one of [0.1, -0, 1e300]) sorted.replace(NaN, one);
  assertEquals(sorted.max, 3.4028234663852886e38);
  assertEquals(sorted.distanceTo(Math.fround(0.1)), 0);
  for (const one of [1e300, 0, 0.1]) sorted.replace(one, NaN);
  assertEquals([sorted.count, sorted.min, sorted.max], [0, Infinity, -Infinity]);
  assertEquals(sorted.distanceTo(0), Infinity);
});

for (
  const [given, expected] of [[0.1, Math.fround(0.1)], [-0, 0], [NaN, NaN], [
    -Infinity,
    -3.4028234663852886e38,
  ]]
) {
  Deno.test(`toFloat32(${given}) is ${expected}`, () => assertEquals(toFloat32(given), expected));
}
