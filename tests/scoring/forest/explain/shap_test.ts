import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  explainRow,
  featureImportance,
  fitForest,
  type Forest,
  fromMlIsolationForest,
  pathLengthSum,
  shapRow,
  unitsPerEdge,
} from "../../../../scoring/forest/mod.ts";
import { bellRows, matrixOf, rowOf } from "../rows.ts";

/** Path length expected when the features of the set, a bit each, go the row's way. */
function valueOf(forest: Forest, row: Float32Array, set: number): number {
  const units = unitsPerEdge(forest);
  const expected = (node: number): number => {
    const left = forest.child[node];
    if (left === 0) return leafUnits(forest, node) / units;
    const feature = forest.splitFeature[node];
    if ((set >> feature) & 1) {
      return expected(left + +(row[feature] >= forest.splitValue[node]));
    }
    const cover = forest.size[node];
    const shareLeft = cover === 0 ? 0.5 : forest.size[left] / cover;
    return shareLeft * expected(left) + (1 - shareLeft) * expected(left + 1);
  };
  let sum = 0;
  for (const root of forest.roots) sum += expected(root);
  return sum / forest.roots.length;
}

/** Path length of a leaf, by scoring a tree that ends there. */
function leafUnits(forest: Forest, leaf: number): number {
  let depth = 0;
  for (let node = leaf; !forest.roots.includes(node); depth++) {
    const left = node;
    node = forest.child.findIndex((child) => child !== 0 && (child === left || child === left - 1));
  }
  const alone: Forest = {
    ...forest,
    roots: Uint32Array.of(0),
    splitFeature: Uint16Array.of(0),
    splitValue: Float32Array.of(0),
    child: Uint32Array.of(0),
    size: Uint16Array.of(forest.size[leaf]),
  };
  return depth * unitsPerEdge(forest) +
    pathLengthSum(alone, new Float32Array(forest.featureCount));
}

/** Shapley values by their definition, over all subsets. */
function bruteForce(forest: Forest, row: Float32Array): number[] {
  const n = forest.featureCount;
  const values = Array.from({ length: 1 << n }, (_, set) => valueOf(forest, row, set));
  const factorial = (k: number): number => k <= 1 ? 1 : k * factorial(k - 1);
  return Array.from({ length: n }, (_, feature) => {
    let sum = 0;
    for (let set = 0; set < values.length; set++) {
      if ((set >> feature) & 1) continue;
      const size = set.toString(2).replaceAll("0", "").length;
      const weight = factorial(size) * factorial(n - size - 1) / factorial(n);
      sum += weight * (values[set] - values[set | (1 << feature)]);
    }
    return sum;
  });
}

Deno.test("shapRow equals brute force over all subsets for up to eight features", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 0, max: 1000 }),
      (featureCount, treeCount, subsampleSize, heightLimit, seed) => {
        const rows = bellRows(40, featureCount, seed);
        const forest = fitForest(rows, { treeCount, subsampleSize, heightLimit, seed });
        for (const i of [0, 1]) {
          const { contributions } = shapRow(forest, rowOf(rows, i));
          bruteForce(forest, rowOf(rows, i)).forEach((value, feature) =>
            assertAlmostEquals(contributions[feature], value, 1e-9)
          );
        }
      },
    ),
    { numRuns: 40 },
  ));

Deno.test("shapRow equals brute force where rows tie, are NaN or beyond every threshold", () => {
  const rows = matrixOf(
    Array.from({ length: 60 }, (_, i) => [i % 3, (i * 7) % 5, i % 2, i % 11]),
    4,
  );
  const forest = fitForest(rows, { treeCount: 6, subsampleSize: 32, seed: 5 });
  for (const row of [[0, 0, 0, 0], [NaN, 2, 1, 3], [Infinity, -Infinity, 0.5, 4]]) {
    const { contributions } = shapRow(forest, Float32Array.from(row));
    bruteForce(forest, Float32Array.from(row)).forEach((value, feature) =>
      assertAlmostEquals(contributions[feature], value, 1e-9)
    );
  }
});

Deno.test("Shapley values add up to expected minus mean path length, whatever the height", () => {
  for (const [subsampleSize, heightLimit] of [[256, undefined], [256, 64], [2000, 30]] as const) {
    const rows = bellRows(2000, 20, 4);
    const forest = fitForest(rows, { treeCount: 20, subsampleSize, heightLimit, seed: 2 });
    for (let i = 0; i < 20; i++) {
      const row = rowOf(rows, i);
      const { base, contributions } = shapRow(forest, row);
      const mean = pathLengthSum(forest, row) / unitsPerEdge(forest) / forest.roots.length;
      assertAlmostEquals(contributions.reduce((sum, value) => sum + value, 0), base - mean, 1e-7);
      assertAlmostEquals(base, explainRow(forest, row).base, 1e-7);
    }
  }
});

Deno.test("a tree of one split gives its feature the whole difference", () => {
  const forest: Forest = {
    featureCount: 2,
    subsampleSize: 4,
    roots: Uint32Array.of(0),
    splitFeature: Uint16Array.of(1, 0, 0),
    splitValue: Float32Array.of(1, 0, 0),
    child: Uint32Array.of(1, 0, 0),
    size: Uint16Array.of(4, 1, 3),
  };
  const { base, contributions } = shapRow(forest, Float32Array.of(9, 0));
  assertEquals(contributions[0], 0);
  assertAlmostEquals(contributions[1], base - 1, 1e-12);
  assert(contributions[1] > 0);
});

Deno.test("features that are alike get alike, where path attribution depends on their order", () => {
  const rows = matrixOf(Array.from({ length: 400 }, (_, i) => [i % 20, i % 20, (i * 7) % 13]), 3);
  const forest = fitForest(rows, { treeCount: 400, subsampleSize: 64, seed: 3 });
  const { contributions } = shapRow(forest, Float32Array.of(40, 40, 5));
  assertAlmostEquals(contributions[0], contributions[1], 0.3);
  assert(contributions[0] > 0.5 && Math.abs(contributions[2]) < 0.5);
});

Deno.test("a row in a part of a tree that no training row has reached is explained", () => {
  const empty = { trainingSet: [] };
  const forest = fromMlIsolationForest({
    nEstimators: 1,
    trainingSet: [[1, 5], [1, 6]],
    forest: [{
      splitColumn: 0,
      splitValue: 1,
      left: {
        splitColumn: 1,
        splitValue: 5,
        left: { splitColumn: 0, splitValue: 0, left: empty, right: empty },
        right: empty,
      },
      right: { trainingSet: [[1, 5], [1, 6]] },
    }],
  });
  for (const row of [[0.5, 4], [-1, 4], [-1, 9], [2, 2]]) {
    const { contributions } = shapRow(forest, Float32Array.from(row));
    bruteForce(forest, Float32Array.from(row)).forEach((value, feature) =>
      assertAlmostEquals(contributions[feature], value, 1e-12)
    );
  }
});

Deno.test("featureImportance is the mean of the rows' absolute Shapley values", () => {
  const rows = bellRows(50, 3, 4);
  const forest = fitForest(rows, { treeCount: 10, subsampleSize: 32, seed: 2 });
  const expected = [0, 0, 0];
  for (let i = 0; i < 50; i++) {
    shapRow(forest, rowOf(rows, i)).contributions.forEach((value, feature) => {
      expected[feature] += Math.abs(value) / 50;
    });
  }
  featureImportance(forest, rows).forEach((value, feature) =>
    assertAlmostEquals(value, expected[feature], 1e-12)
  );
  assertEquals([...featureImportance(forest, matrixOf([], 3))], [0, 0, 0]);
});

Deno.test("shapRow refuses a row with other columns", () => {
  const forest = fitForest(bellRows(30, 3, 4), { treeCount: 2, subsampleSize: 8, seed: 2 });
  assertThrows(() => shapRow(forest, new Float32Array(2)), RangeError, "3 columns");
});
