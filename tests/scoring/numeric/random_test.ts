import { assert, assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../../scoring/numeric/mod.ts";

Deno.test("createRandom gives the same golden numbers for the same seed", () => {
  const random = createRandom(7);
  assertEquals(
    Array.from({ length: 4 }, () => random.nextUint32()),
    [1837975287, 2099764152, 1321706041, 2064663467],
  );
  assertEquals(random.nextFloat(), 0.17272426490461135);
  assertEquals(random.below(1000), 458);
});

Deno.test("createRandom uses all 53 bits of a seed", () => {
  const seeds = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  assertEquals(new Set(seeds.map((seed) => createRandom(seed).nextUint32())).size, seeds.length);
});

for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
  Deno.test(`createRandom refuses the seed ${seed}`, () => {
    assertThrows(() => createRandom(seed), RangeError, "seed");
  });
}

for (const n of [0, -1, 1.5, NaN, 2 ** 32 + 1]) {
  Deno.test(`below refuses ${n}`, () => {
    assertThrows(() => createRandom(1).below(n), RangeError, "below");
  });
}

Deno.test("nextFloat is even over [0, 1)", () => {
  const random = createRandom(11);
  const counts = new Array(20).fill(0);
  for (let i = 0; i < 200_000; i++) {
    const value = random.nextFloat();
    assert(value >= 0 && value < 1);
    counts[Math.floor(value * 20)]++;
  }
  assert(chiSquare(counts) < CHI_SQUARE_19);
});

Deno.test("below is even, also where 2³² is no multiple of n", () => {
  const random = createRandom(12);
  const n = 3 * 2 ** 30;
  const counts = new Array(20).fill(0);
  for (let i = 0; i < 200_000; i++) counts[Math.floor(random.below(n) / n * 20)]++;
  assert(chiSquare(counts) < CHI_SQUARE_19);
  assertEquals(createRandom(1).below(1), 0);
  assert(createRandom(1).below(2 ** 32) < 2 ** 32);
});

/** 99.9 % quantile with 19 degrees of freedom. */
const CHI_SQUARE_19 = 43.82;

function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
