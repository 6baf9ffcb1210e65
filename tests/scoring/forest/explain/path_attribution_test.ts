import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  averagePathLength,
  explainRow,
  fitForest,
  type Forest,
  fromMlIsolationForest,
  pathLengthSum,
  unitsPerEdge,
} from "../../../../scoring/forest/mod.ts";
import { bellRows, rowOf } from "../rows.ts";

/** Path length expected of the node's training rows, by its definition. */
function expectedPath(forest: Forest, node: number, edges: number): number {
  const left = forest.child[node];
  if (left === 0) return edges + averagePathLength(forest.size[node]);
  return (forest.size[left] * expectedPath(forest, left, edges + 1) +
    forest.size[left + 1] * expectedPath(forest, left + 1, edges + 1)) / forest.size[node];
}

Deno.test("contributions add up to expected minus mean path length", () => {
  const rows = bellRows(800, 6, 4);
  const forest = fitForest(rows, { treeCount: 60, subsampleSize: 128, seed: 2 });
  for (let i = 0; i < rows.rowCount; i++) {
    const row = rowOf(rows, i);
    const { base, contributions } = explainRow(forest, row);
    const mean = pathLengthSum(forest, row) / unitsPerEdge(forest) / forest.roots.length;
    assertAlmostEquals(contributions.reduce((sum, value) => sum + value, 0), base - mean, 1e-12);
  }
});

Deno.test("base is the mean of the trees' expected path lengths", () => {
  const forest = fitForest(bellRows(300, 3, 4), { treeCount: 20, subsampleSize: 64, seed: 2 });
  let sum = 0;
  for (const root of forest.roots) sum += expectedPath(forest, root, 0);
  assertAlmostEquals(explainRow(forest, new Float32Array(3)).base, sum / 20, 1e-4);
});

Deno.test("the feature that is off contributes most, an ordinary one little", () => {
  const forest = fitForest(bellRows(4000, 5, 4), { treeCount: 200, subsampleSize: 256, seed: 2 });
  const { contributions } = explainRow(forest, Float32Array.of(0, 0, 0, 9, 0));
  assert(contributions[3] > 1);
  contributions.forEach((value, i) => assert(i === 3 || value < contributions[3] / 4));
});

Deno.test("a split on the row's way credits its feature with the change in expectation", () => {
  const forest: Forest = {
    featureCount: 2,
    subsampleSize: 4,
    roots: Uint32Array.of(0),
    splitFeature: Uint16Array.of(1, 0, 0),
    splitValue: Float32Array.of(1, 0, 0),
    child: Uint32Array.of(1, 0, 0),
    size: Uint16Array.of(4, 2, 2),
  };
  const { base, contributions } = explainRow(forest, Float32Array.of(0, 5));
  assertEquals(base, 2);
  assertEquals([...contributions], [0, 0]);
});

Deno.test("nodes that no training row has reached count alike", () => {
  const empty = { trainingSet: [] };
  const forest = fromMlIsolationForest({
    nEstimators: 1,
    trainingSet: [[1], [1]],
    forest: [{
      splitColumn: 0,
      splitValue: 1,
      left: { splitColumn: 0, splitValue: 0, left: empty, right: empty },
      right: { trainingSet: [[1], [1]] },
    }],
  });
  const { base, contributions } = explainRow(forest, Float32Array.of(0.5));
  assertEquals(base, 2);
  assertEquals([...contributions], [0]);
});

Deno.test("explainRow refuses a row with other columns", () => {
  const forest = fitForest(bellRows(30, 3, 4), { treeCount: 2, subsampleSize: 8, seed: 2 });
  assertThrows(() => explainRow(forest, new Float32Array(2)), RangeError, "3 columns");
});
