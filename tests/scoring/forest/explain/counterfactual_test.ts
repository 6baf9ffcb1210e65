import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  counterfactual,
  type CounterfactualOptions,
  fitForest,
  type Forest,
  scoreForest,
  scoreRow,
} from "../../../../scoring/forest/mod.ts";
import { createRandom, nextDown, quantile } from "../../../../scoring/numeric/mod.ts";
import { bellRows, rowOf } from "../rows.ts";

function smallForest(featureCount: number, seed: number) {
  const rows = bellRows(100, featureCount, seed);
  const forest = fitForest(rows, { treeCount: 12, subsampleSize: 32, seed });
  const scores = scoreForest(forest, rows).sort();
  return { forest, threshold: quantile(scores, 0.9) };
}

function scoreWith(forest: Forest, row: Float32Array, changes: readonly [number, number][]) {
  const changed = row.slice();
  for (const [feature, to] of changes) changed[feature] = to;
  return scoreRow(forest, changed);
}

Deno.test("a counterfactual scores at or below the threshold, and no smaller change does (X6)", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.constantFrom(1, 2),
      (featureCount, seed, maxChanges) => {
        const { forest, threshold } = smallForest(featureCount, seed);
        const random = createRandom(seed);
        const scales = Array.from({ length: featureCount }, () => 0.5 + random.nextFloat());
        const row = Float32Array.from(scales, () => 8 * random.nextFloat() - 4);
        const found = counterfactual(forest, row, { threshold, scales, maxChanges } as const);
        if (!found) return;
        const changes = found.changes.map(({ feature, to }) => [feature, to] as [number, number]);
        assertEquals(scoreWith(forest, row, changes), found.score);
        assert(found.score <= threshold);
        assert(changes.length <= maxChanges);
        const distanceTo = (others: readonly [number, number][]) =>
          others.reduce(
            (sum, [feature, to]) => sum + Math.abs(to - row[feature]) / scales[feature],
            0,
          );
        assertAlmostEquals(found.distance, distanceTo(changes), 1e-9);
        // Any point of the inside of the ball, along one axis or in the plane of two.
        for (let round = 0; round < 300; round++) {
          const share = maxChanges === 1 ? 1 : random.nextFloat();
          const smaller = [share, 1 - share].slice(0, maxChanges).map((part, i) => {
            const feature = (random.below(featureCount) + i) % featureCount;
            const sign = random.below(2) === 0 ? -1 : 1;
            const far = part * found.distance * 0.999 * scales[feature];
            return [feature, Math.fround(row[feature] + sign * far)] as [number, number];
          });
          if (smaller.length === 2 && smaller[0][0] === smaller[1][0]) smaller.pop();
          // Rounded to f32, a very small change may be no smaller.
          const isSmaller = distanceTo(smaller) < found.distance;
          assert(!isSmaller || scoreWith(forest, row, smaller) > threshold);
        }
      },
    ),
    { numRuns: 60 },
  ));

Deno.test("a row is brought just to the threshold of a split", () => {
  const forest: Forest = {
    featureCount: 2,
    subsampleSize: 8,
    roots: Uint32Array.of(0),
    splitFeature: Uint16Array.of(1, 0, 0),
    splitValue: Float32Array.of(2, 0, 0),
    child: Uint32Array.of(1, 0, 0),
    size: Uint16Array.of(8, 7, 1),
  };
  const row = Float32Array.of(0, 5);
  const threshold = scoreRow(forest, Float32Array.of(0, 0));
  assertEquals(counterfactual(forest, row, { threshold }), {
    changes: [{ feature: 1, from: 5, to: nextDown(2) }],
    distance: 5 - nextDown(2),
    score: threshold,
  });
  assertEquals(
    counterfactual(forest, row, { threshold, scales: [1, 3] })?.distance,
    (5 - nextDown(2)) / 3,
  );
});

Deno.test("two features change where one alone is not enough", () => {
  const rows = bellRows(3000, 4, 9);
  const forest = fitForest(rows, { treeCount: 100, subsampleSize: 256, seed: 1 });
  const threshold = 0.5;
  const row = Float32Array.of(7, 0, -7, 0);
  assertEquals(counterfactual(forest, row, { threshold, maxChanges: 1 }), undefined);
  const found = counterfactual(forest, row, { threshold });
  assertEquals(found?.changes.map(({ feature }) => feature), [0, 2]);
});

Deno.test("a row that is normal needs no change", () => {
  const { forest, threshold } = smallForest(3, 1);
  const row = new Float32Array(3);
  const score = scoreRow(forest, row);
  assertEquals(counterfactual(forest, row, { threshold }), { changes: [], distance: 0, score });
});

Deno.test("no change is found below what the forest can score", () => {
  const { forest } = smallForest(3, 1);
  assertEquals(counterfactual(forest, Float32Array.of(9, 9, 9), { threshold: 0.01 }), undefined);
});

Deno.test("changed features stay in their ranges, and in f32", () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
      const { forest, threshold } = smallForest(3, seed);
      const ranges = [{ least: 0.1, greatest: 0.3 }, undefined, { least: 0.7, greatest: 0.7 }];
      const row = Float32Array.of(4, 0, 4);
      const options: CounterfactualOptions = { threshold, ranges };
      for (const { feature, to } of counterfactual(forest, row, options)?.changes ?? []) {
        const { least, greatest } = ranges[feature] ?? { least: -Infinity, greatest: Infinity };
        assert(to >= least && to <= greatest);
        assertEquals(Math.fround(to), to);
      }
    }),
    { numRuns: 40 },
  ));

Deno.test("features that are not finite stay as they are", () => {
  const { forest, threshold } = smallForest(3, 4);
  const found = counterfactual(forest, Float32Array.of(NaN, Infinity, 6), { threshold });
  for (const { feature } of found?.changes ?? []) assertEquals(feature, 2);
});

Deno.test("a forest of 100 trees over 30 features is searched", () => {
  const rows = bellRows(2000, 30, 2);
  const forest = fitForest(rows, { treeCount: 100, subsampleSize: 256, seed: 1 });
  const row = rowOf(rows, 0).map((value, i) => i === 7 ? 9 : value);
  const threshold = scoreRow(forest, rowOf(rows, 0)) + 0.005;
  const found = counterfactual(forest, row, { threshold });
  assert(found !== undefined && found.score <= threshold);
  const single = counterfactual(forest, row, { threshold, maxChanges: 1 });
  assert(single === undefined || found.distance <= single.distance);
});

Deno.test("counterfactual refuses a row with other columns, and no threshold", () => {
  const { forest } = smallForest(3, 1);
  assertThrows(() => counterfactual(forest, new Float32Array(2), { threshold: 0.5 }), RangeError);
  assertThrows(() => counterfactual(forest, new Float32Array(3), { threshold: NaN }), RangeError);
});
