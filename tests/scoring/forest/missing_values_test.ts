import { assert, assertEquals } from "@std/assert";
import {
  explainRow,
  fitForest,
  type Forest,
  type Matrix,
  scoreForest,
  scoreRow,
  shapRow,
} from "../../../scoring/forest/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";
import { bellRows } from "./rows.ts";

/** Bell-shaped rows, of whose first column a share is missing. */
function rowsWithout(share: number): Matrix {
  const random = createRandom(2);
  const rows = bellRows(3000, 3, 1);
  for (let row = 0; row < rows.rowCount; row++) {
    if (random.nextFloat() < share) rows.data[row * 3] = NaN;
  }
  return rows;
}

function forestWithout(share: number): Forest {
  return fitForest(rowsWithout(share), { treeCount: 200, subsampleSize: 256, seed: 1 });
}

const MISSING = Float32Array.of(NaN, 0, 0);

Deno.test("a missing value is below every threshold", () => {
  const forest = forestWithout(0.1);
  const below = Float32Array.of(-Infinity, 0, 0);
  assertEquals(scoreRow(forest, MISSING), scoreRow(forest, below));
  assertEquals(explainRow(forest, MISSING), explainRow(forest, below));
  assertEquals(shapRow(forest, MISSING), shapRow(forest, below));
});

Deno.test("the rarer a missing value was in training, the more anomalous it is", () => {
  const [never, seldom, often] = [0, 0.02, 0.4].map(forestWithout);
  assert(scoreRow(never, MISSING) > scoreRow(seldom, MISSING));
  assert(scoreRow(seldom, MISSING) > scoreRow(often, MISSING) + 0.05);
  const ordinary = scoreRow(often, new Float32Array(3));
  assert(Math.abs(scoreRow(often, MISSING) - ordinary) < 0.05);
});

Deno.test("a column that is always missing, and a row of nothing, give sound scores", () => {
  const forest = forestWithout(1);
  assert(forest.splitFeature.every((feature, node) => forest.child[node] === 0 || feature !== 0));
  for (const score of scoreForest(forest, rowsWithout(1))) assert(score > 0 && score < 1);
  assert(scoreRow(forest, new Float32Array(3).fill(NaN)) > 0.5);
});
