import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { checkForest, fitForest, type FitOptions } from "../../../../scoring/forest/mod.ts";
import { createGainThreshold } from "../../../../scoring/forest/grow/gain_threshold.ts";
import { bellRows } from "../rows.ts";

const OPTIONS: FitOptions = { treeCount: 50, subsampleSize: 256, seed: 7, splits: "oblique" };

function thresholdOf(values: readonly number[]): number {
  const rows = Uint16Array.from(values, (_, row) => row);
  const nodeRows = { rows, start: 0, end: rows.length, range: new Float32Array(2) };
  return createGainThreshold(rows.length)(Float32Array.from(values), nodeRows);
}

for (
  const [values, threshold] of [
    [[1, 3], 2],
    [[0, 1, 2, 10, 11], 6],
    [[5, 5, 5, 9], 7],
    [[-9, 5, 5, 5], -2],
    [[0, 0, 4, 4, 4, 4], 2],
    [[NaN, 1, Infinity, 3, -Infinity], 2],
    // Between neighbouring numbers there is none: the greater one parts them.
    [[1, 1 + 2 ** -23], 1 + 2 ** -23],
    [[3e38, -3e38, 3.2e38], 0],
  ] as const
) {
  Deno.test(`${values} part best at ${threshold}`, () =>
    assertEquals(thresholdOf(values), Math.fround(threshold)));
}

/** Rows times standard deviation of both sides together, in as plain a way as there is. */
function spreadAt(values: readonly number[], threshold: number): number {
  const sides = [values.filter((v) => v < threshold), values.filter((v) => v >= threshold)];
  return sides.reduce((sum, side) => {
    const mean = side.reduce((total, value) => total + value, 0) / side.length;
    const squares = side.reduce((total, value) => total + (value - mean) ** 2, 0);
    return sum + Math.sqrt(side.length * squares);
  }, 0);
}

Deno.test("no other threshold leaves two narrower sides", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 30 })
        .filter((values) => new Set(values).size > 1),
      (values) => {
        const found = spreadAt(values, thresholdOf(values));
        const cuts = [...new Set(values)].sort((a, b) => a - b).slice(1);
        const least = Math.min(...cuts.map((cut) => spreadAt(values, cut)));
        assert(found <= least + 1e-9 * (1 + least), `${found} is more than ${least}`);
      },
    ),
    { seed: 5 },
  );
});

Deno.test("fitForest with gainShare gives sound forests, the same for the same arguments", () => {
  const rows = bellRows(600, 4, 1);
  const guided = fitForest(rows, { ...OPTIONS, gainShare: 0.5, heightLimit: 64 });
  checkForest(guided);
  assertEquals(fitForest(rows, { ...OPTIONS, gainShare: 0.5, heightLimit: 64 }), guided);
  assertNotEquals(fitForest(rows, { ...OPTIONS, gainShare: 1, heightLimit: 64 }), guided);
});

Deno.test("fitForest with a gainShare of 0 gives the forest without it", () => {
  const rows = bellRows(600, 4, 1);
  assertEquals(fitForest(rows, { ...OPTIONS, gainShare: 0 }), fitForest(rows, OPTIONS));
});

Deno.test("fitForest refuses a gainShare out of range, or with axis splits", () => {
  const rows = bellRows(10, 2, 1);
  for (const gainShare of [NaN, -0.1, 1.1]) {
    assertThrows(() => fitForest(rows, { ...OPTIONS, gainShare }), RangeError, "gainShare");
  }
  assertThrows(
    () => fitForest(rows, { ...OPTIONS, splits: "axis", gainShare: 0.5 }),
    RangeError,
    "gainShare must be 0",
  );
});

Deno.test("fitForest with gainShare parts two clusters at their gap", () => {
  const bell = bellRows(400, 2, 3);
  const data = bell.data.map((value, i) => (i >> 1) % 2 === 0 ? value : value + 40);
  const forest = fitForest({ ...bell, data }, { ...OPTIONS, gainShare: 1, heightLimit: 1 });
  // A direction in which the clusters lie over one another is rare.
  const evenRoots = Array.from(forest.roots).filter((root) => {
    const left = forest.size[forest.child[root]] / forest.subsampleSize;
    return left > 0.4 && left < 0.6;
  });
  assert(evenRoots.length >= 45, `only ${evenRoots.length} of 50`);
});
