import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { pathSumsOver, pathSumsOverPairs } from "../../../../scoring/forest/explain/path_sums.ts";
import {
  counterfactual,
  fitForest,
  type Forest,
  pathLengthSum,
  scoreForest,
  scoreRow,
} from "../../../../scoring/forest/mod.ts";
import { createRandom, nextDown, quantile } from "../../../../scoring/numeric/mod.ts";
import { bellRows } from "../rows.ts";

function obliqueForest(featureCount: number, seed: number) {
  const rows = bellRows(100, featureCount, seed);
  const forest = fitForest(rows, { treeCount: 8, subsampleSize: 32, seed, splits: "oblique" });
  return { forest, threshold: quantile(scoreForest(forest, rows).sort(), 0.9) };
}

function changed(row: Float32Array, changes: readonly [number, number][]): Float32Array {
  const copy = row.slice();
  for (const [feature, to] of changes) copy[feature] = to;
  return copy;
}

Deno.test("sums over choices of two features are those of the rows with these values", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 4 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.constantFrom(NaN, Infinity, 1),
      (featureCount, seed, odd) => {
        const { forest } = obliqueForest(featureCount, seed);
        const random = createRandom(seed);
        const row = Float32Array.from({ length: featureCount }, () => 6 * random.nextFloat() - 3);
        if (featureCount > 2) row[2] = odd;
        const choices = (feature: number) => ({
          feature,
          values: Float32Array.from({ length: 6 }, () => 6 * random.nextFloat() - 3).sort(),
        });
        const [first, second] = [choices(1), choices(0)];
        pathSumsOver(forest, row, first).forEach((sum, i) =>
          assertEquals(sum, pathLengthSum(forest, changed(row, [[1, first.values[i]]])))
        );
        pathSumsOverPairs(forest, row, first, second).forEach((sum, at) => {
          const [i, j] = [Math.floor(at / 6), at % 6];
          const both = changed(row, [[1, first.values[i]], [0, second.values[j]]]);
          assertEquals(sum, pathLengthSum(forest, both));
        });
      },
    ),
    { numRuns: 60 },
  ));

Deno.test("no smaller change of one feature makes a row normal", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 1000 }),
      (featureCount, seed) => {
        const { forest, threshold } = obliqueForest(featureCount, seed);
        const random = createRandom(seed);
        const scales = Array.from({ length: featureCount }, () => 0.5 + random.nextFloat());
        const row = Float32Array.from(scales, () => 8 * random.nextFloat() - 4);
        const found = counterfactual(forest, row, { threshold, scales, maxChanges: 1 });
        if (!found) return;
        const changes = found.changes.map(({ feature, to }) => [feature, to] as [number, number]);
        assertEquals(scoreRow(forest, changed(row, changes)), found.score);
        assert(found.score <= threshold);
        const pair = counterfactual(forest, row, { threshold, scales });
        assert(pair !== undefined && pair.distance <= found.distance);
        for (let round = 0; round < 200 && found.distance > 0; round++) {
          const feature = random.below(featureCount);
          const far = (2 * random.nextFloat() - 1) * found.distance * 0.999 * scales[feature];
          const near = changed(row, [[feature, row[feature] + far]]);
          // Rounded to f32, a very small change may be no smaller.
          const distance = Math.abs(near[feature] - row[feature]) / scales[feature];
          assert(distance >= found.distance || scoreRow(forest, near) > threshold);
        }
      },
    ),
    { numRuns: 50 },
  ));

/** One split of both columns, right of which one of eight rows is. */
function stumpOf(weight: number, secondWeight: number): Forest {
  return {
    featureCount: 2,
    subsampleSize: 8,
    roots: Uint32Array.of(0),
    splitFeature: Uint16Array.of(0, 0, 0),
    splitValue: Float32Array.of(2, 0, 0),
    child: Uint32Array.of(1, 0, 0),
    size: Uint16Array.of(8, 7, 1),
    oblique: {
      secondFeature: Uint16Array.of(1, 0, 0),
      weight: Float32Array.of(weight, 0, 0),
      secondWeight: Float32Array.of(secondWeight, 0, 0),
      center: new Float32Array(2),
    },
  };
}

for (
  const [weights, row, to] of [
    [[1, 1], [5, 1], nextDown(1)],
    [[1, -1], [5, -1], nextDown(1)],
    [[-1, 1], [-5, 1], -nextDown(1)],
    [[0.5, 4], [12, -0.5], nextDown(8)],
  ] as const
) {
  Deno.test(`at weights of ${weights} the first of ${row} is brought just across the split`, () => {
    const forest = stumpOf(weights[0], weights[1]);
    const found = counterfactual(forest, Float32Array.from(row), {
      threshold: scoreRow(forest, Float32Array.of(0, 0)),
      scales: [1, 1000],
      maxChanges: 1,
      ranges: [undefined, { least: row[1], greatest: row[1] }],
    });
    assertEquals(found?.changes.map(({ feature }) => feature), [0]);
    const reached = found?.changes[0].to ?? NaN;
    // Sums are rounded to f32, so that the last of a value's bits may not turn one.
    assert(
      Math.abs(reached - to) <= 1e-6 && scoreRow(forest, Float32Array.of(reached, row[1])) < 0.6,
    );
  });
}
