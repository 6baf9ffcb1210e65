import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  checkDensities,
  createDensityScorer,
  fitForest,
  type FitOptions,
  type Forest,
  measureDensities,
} from "../../../scoring/forest/mod.ts";
import { bellRows, matrixOf, rowOf } from "./rows.ts";

const OPTIONS: FitOptions = {
  treeCount: 50,
  subsampleSize: 256,
  seed: 7,
  splits: "oblique",
  gainShare: 0.5,
};

/** Compares the sum of both columns with a threshold. */
function stump(threshold: number): Forest {
  return {
    featureCount: 2,
    subsampleSize: 4,
    roots: Uint32Array.of(0),
    splitFeature: Uint16Array.of(0, 0, 0),
    splitValue: Float32Array.of(threshold, 0, 0),
    child: Uint32Array.of(1, 0, 0),
    size: Uint16Array.of(4, 3, 1),
    oblique: {
      secondFeature: Uint16Array.of(1, 0, 0),
      weight: Float32Array.of(1, 0, 0),
      secondWeight: Float32Array.of(1, 0, 0),
      center: Float32Array.of(0, 0),
    },
  };
}

Deno.test("densities are shares of rows over shares of width", () => {
  // Sums 0, 1, 2, 10: three of four rows in the first half of the width.
  const rows = matrixOf([[0, 0], [1, 0], [1, 1], [6, 4]], 2);
  const densities = measureDensities(stump(5), rows, 1);
  const expected = [0, Math.log(3.5 / 5 / 0.5), Math.log(1.5 / 5 / 0.5)];
  densities.forEach((units, node) => assertAlmostEquals(units / 8192, expected[node], 1e-4));
  const scorer = createDensityScorer(stump(5), densities);
  assertEquals(scorer.score(Float32Array.of(9, 9)), -densities[2] / 8192);
  assertEquals(scorer.score(Float32Array.of(-9, 9)), -densities[1] / 8192);
});

for (
  const [name, rows, threshold] of [
    ["constant", [[1, 1], [1, 1]], 5],
    ["far apart", [[-3e38, -3e38], [3e38, 3e38], [0, 0]], 5],
    ["all beyond the threshold", [[9, 9], [9, 10]], 5],
  ] as const
) {
  Deno.test(`densities of rows that are ${name} are finite`, () => {
    const densities = measureDensities(stump(threshold), matrixOf(rows, 2), 1);
    const scorer = createDensityScorer(stump(threshold), densities);
    for (const row of [[0, 0], [3e38, 3e38], [NaN, 1]]) {
      assert(Number.isFinite(scorer.score(Float32Array.from(row))));
    }
  });
}

Deno.test("rows of thin places score higher than rows of dense ones", () => {
  const rows = bellRows(3000, 3, 2);
  const forest = fitForest(rows, OPTIONS);
  const scorer = createDensityScorer(forest, measureDensities(forest, rows, 3));
  const scoreAt = (distance: number) => scorer.score(Float32Array.of(distance, -distance, 0));
  assert(scoreAt(0) < scoreAt(1.5) && scoreAt(1.5) < scoreAt(3));
});

Deno.test("density scores of a batch are those of its rows, and parts add up to them", () => {
  const rows = bellRows(501, 4, 5);
  const forest = fitForest(rows, OPTIONS);
  const densities = measureDensities(forest, rows, 3);
  assertEquals(measureDensities(forest, rows, 3), densities);
  const scorer = createDensityScorer(forest, densities);
  const scores = scorer.scoreRows(rows);
  for (let row = 0; row < rows.rowCount; row += 50) {
    assertEquals(scorer.score(rowOf(rows, row)), scores[row]);
    const sum = scorer.explain(rowOf(rows, row)).reduce((total, part) => total + part, 0);
    assertAlmostEquals(sum, scores[row], 1e-9);
  }
});

Deno.test("densities are refused of axis splits, and where there is not one for each node", () => {
  const rows = bellRows(50, 2, 5);
  const axis = fitForest(rows, { treeCount: 2, subsampleSize: 16, seed: 1 });
  assertThrows(() => measureDensities(axis, rows, 1), RangeError, "splits must be oblique");
  assertThrows(() => checkDensities(stump(5), new Int32Array(2)), RangeError, "there must be 3");
});
