import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  fitForest,
  type Forest,
  type Matrix,
  pathLengthSum,
  saturationScore,
  scoreForest,
  scoreRow,
  unitsPerEdge,
} from "../../../scoring/forest/mod.ts";
import { bellRows, matrixOf, rowOf } from "./rows.ts";

/** The paper's algorithm 3 as it stands, in f64 with the engine's own logarithm and power. */
function paperScore(forest: Forest, row: Float32Array): number {
  const averagePath = (n: number) =>
    n <= 1 ? 0 : n === 2 ? 1 : 2 * (Math.log(n - 1) + 0.5772156649015329) - 2 * (n - 1) / n;
  const pathLength = (node: number, edges: number): number => {
    const left = forest.child[node];
    if (left === 0) return edges + averagePath(forest.size[node]);
    const goesLeft = !(row[forest.splitFeature[node]] >= forest.splitValue[node]);
    return pathLength(goesLeft ? left : left + 1, edges + 1);
  };
  let sum = 0;
  for (const root of forest.roots) sum += pathLength(root, 0);
  return 2 ** (-sum / forest.roots.length / averagePath(forest.subsampleSize));
}

function scoresMatchPaper(forest: Forest, rows: Matrix): void {
  const scores = scoreForest(forest, rows);
  for (let i = 0; i < rows.rowCount; i++) {
    assertAlmostEquals(scores[i], paperScore(forest, rowOf(rows, i)), 1e-6);
  }
}

for (const columnCount of [1, 4, 30]) {
  Deno.test(`scoreForest equals the paper's algorithm to 1e-6 with ${columnCount} columns`, () => {
    const rows = bellRows(2000, columnCount, columnCount);
    scoresMatchPaper(fitForest(rows, { treeCount: 100, subsampleSize: 256, seed: 1 }), rows);
  });
}

Deno.test("scoreForest gives golden bits", () => {
  const rows = bellRows(1000, 3, 42);
  const forest = fitForest(rows, { treeCount: 50, subsampleSize: 128, seed: 42 });
  const scores = scoreForest(forest, rows);
  assertEquals([...scores.subarray(0, 4)], [
    0.45149872287207404,
    0.40913121659494095,
    0.47400849725478406,
    0.44242344328890093,
  ]);
  assertEquals(pathLengthSum(forest, rowOf(rows, 0)), 4162538);
});

for (const rowCount of [0, 1, 2, 3, 4, 5, 9]) {
  Deno.test(`scoreForest of ${rowCount} rows gives each the bits of scoreRow`, () => {
    const forest = fitForest(bellRows(500, 3, 1), { treeCount: 30, subsampleSize: 64, seed: 1 });
    const rows = bellRows(rowCount, 3, 99);
    assertEquals(
      [...scoreForest(forest, rows)],
      Array.from({ length: rowCount }, (_, i) => scoreRow(forest, rowOf(rows, i))),
    );
  });
}

Deno.test("a row's score does not depend on its neighbours, and is in (0, saturation]", () => {
  const forest = fitForest(bellRows(500, 2, 1), { treeCount: 20, subsampleSize: 64, seed: 1 });
  const saturation = saturationScore(forest);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.float(), fc.float()), { minLength: 1 }), (rows) => {
      const matrix = matrixOf(rows, 2);
      scoreForest(forest, matrix).forEach((score, i) => {
        assertEquals(score, scoreRow(forest, rowOf(matrix, i)));
        assert(score > 0 && score <= saturation);
      });
    }),
  );
});

/** One split at 1: left of it 3 rows, right of it 1. */
const STUMP: Forest = {
  featureCount: 1,
  subsampleSize: 4,
  roots: Uint32Array.of(0),
  splitFeature: Uint16Array.of(0, 0, 0),
  splitValue: Float32Array.of(1, 0, 0),
  child: Uint32Array.of(1, 0, 0),
  size: Uint16Array.of(4, 3, 1),
};

for (
  const [value, edges] of [
    [0.999, 1 + 1.2073923572],
    [1, 1],
    [1.001, 1],
    [NaN, 1 + 1.2073923572],
    [Infinity, 1],
    [-Infinity, 1 + 1.2073923572],
    [3.4e38, 1],
  ] as const
) {
  Deno.test(`pathLengthSum of ${value} at a split of 1 is ${edges} edges`, () =>
    assertAlmostEquals(
      pathLengthSum(STUMP, Float32Array.of(value)) / unitsPerEdge(STUMP),
      edges,
      2 ** -14,
    ));
}

Deno.test("saturationScore takes the shortest path in every tree", () => {
  const sum = pathLengthSum(STUMP, Float32Array.of(2));
  assertEquals(sum, 8192);
  assertEquals(saturationScore(STUMP), scoreRow(STUMP, Float32Array.of(2)));
});

Deno.test("a forest that has seen one row per tree scores ½", () => {
  const forest = fitForest(bellRows(1, 2, 1), { treeCount: 3, subsampleSize: 1, seed: 1 });
  assertEquals(scoreRow(forest, Float32Array.of(1e30, NaN)), 0.5);
  assertEquals(saturationScore(forest), 0.5);
});

Deno.test("scoring refuses rows with other columns than the forest's", () => {
  assertThrows(() => scoreRow(STUMP, new Float32Array(2)), RangeError, "1 columns");
  assertThrows(() => scoreForest(STUMP, bellRows(2, 3, 1)), RangeError, "1 columns");
});
