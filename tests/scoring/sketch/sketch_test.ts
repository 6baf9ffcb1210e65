import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  BUCKETS_MAX,
  EMPTY_SKETCH,
  mergeSketches,
  parseSketch,
  RELATIVE_ERROR,
  serialiseSketch,
  type Sketch,
  SketchError,
  sketchOf,
  sketchQuantile,
} from "../../../scoring/sketch/mod.ts";

/** Rounding of a logarithm may put a value just beside its bucket. */
const SLACK = 1e-9;

/** Magnitudes of metrics, far less than the buckets span. */
const value = fc.oneof(
  fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
  fc.double({ min: -1e9, max: -1e-6, noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, 100),
);
const values = fc.array(value, { minLength: 1, maxLength: 200 });

function assertNear(found: number, wanted: number): void {
  const error = Math.abs(found - wanted);
  assert(error <= (RELATIVE_ERROR + SLACK) * Math.abs(wanted), `${found} for ${wanted}`);
}

/** What merging keeps to the last bit; the mean is rounded. */
function exact({ mean: _, ...rest }: Sketch) {
  return rest;
}

Deno.test("a sketch's quantiles are within 1 % of the values of that rank", () => {
  fc.assert(fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (given, q) => {
    const sorted = given.toSorted((left, right) => left - right);
    const rank = Math.floor(q * (sorted.length - 1));
    assertNear(sketchQuantile(sketchOf(given), q), sorted[rank]);
  }));
});

Deno.test("the least and the greatest value are exact", () => {
  fc.assert(fc.property(values, (given) => {
    const sketch = sketchOf(given);
    assertEquals(sketchQuantile(sketch, 0), Math.min(...given) + 0);
    assertEquals(sketchQuantile(sketch, 1), Math.max(...given) + 0);
  }));
});

Deno.test("sketches of parts merge to the sketch of the whole, in any order", () => {
  fc.assert(fc.property(values, values, values, (first, second, third) => {
    const [a, b, c] = [first, second, third].map(sketchOf);
    const whole = sketchOf([...first, ...second, ...third]);
    const merged = mergeSketches(mergeSketches(a, b), c);
    assertEquals(exact(merged), exact(whole));
    assertEquals(exact(mergeSketches(c, mergeSketches(b, a))), exact(whole));
    assert(Math.abs(merged.mean - whole.mean) <= 1e-9 * (1 + Math.abs(whole.max - whole.min)));
  }));
});

Deno.test("an empty sketch adds nothing and has no quantile", () => {
  const sketch = sketchOf([1, 2, 3]);
  assertEquals(mergeSketches(EMPTY_SKETCH, sketch), sketch);
  assertThrows(() => sketchQuantile(EMPTY_SKETCH, 0.5), RangeError, "empty");
});

Deno.test("a sketch is written and read without change", () => {
  fc.assert(fc.property(values, (given) => {
    const sketch = sketchOf(given);
    assertEquals(parseSketch(serialiseSketch(sketch)), sketch);
  }));
});

Deno.test("more magnitudes than buckets: the large values stay exact to 1 %", () => {
  const given = Array.from({ length: 6_000 }, (_, index) => 1.1 ** (index / 6) * 1e-200);
  const sketch = sketchOf(given);
  assertEquals([sketch.positive.size, sketch.count], [BUCKETS_MAX, given.length]);
  assertNear(sketchQuantile(sketch, 0.99), given[Math.floor(0.99 * 5_999)]);
  assertEquals(parseSketch(serialiseSketch(sketch)), sketch);
});

for (const bad of [NaN, Infinity, -Infinity]) {
  Deno.test(`a sketch refuses ${bad}`, () => {
    assertThrows(() => sketchOf([1, bad]), RangeError, "finite");
  });
}

Deno.test("the sketch of no values adds nothing to another", () => {
  const some = sketchOf([3, 5]);
  assertEquals(mergeSketches(sketchOf([]), some), some);
  assertEquals(mergeSketches(some, sketchOf([])), some);
});

const GOOD = serialiseSketch(sketchOf([1, 2, -3, 0]));

const DAMAGED: readonly (readonly [string, says: string])[] = [
  ["{", "JSON"],
  ["{}", "array"],
  [GOOD.replace("[1,4,", "[2,4,"), "version"],
  [GOOD.replace("[1,4,", "[1,5,"), "count"],
  [GOOD.replace("[1,4,", "[1,-4,"), "count"],
  [GOOD.replace("-3,2", "3,2"), "ascend"],
  ["[1,1,1,1,1,0,[0,1,0,1],[]]", "ascending indices"],
  ["[1,1,1,1,1,0,[0,0.5],[]]", "must count"],
  ["[1,1,1,1,1,0,[0],[]]", "pairs"],
  ["[" + "1,".repeat(40_000) + "1]", "long"],
];

for (const [text, says] of DAMAGED) {
  Deno.test(`no sketch is read from ${text.slice(0, 40)}`, () => {
    assertThrows(() => parseSketch(text), SketchError, says);
  });
}
