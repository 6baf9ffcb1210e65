import { assert, assertEquals, assertThrows } from "@std/assert";
import { IsolationForest } from "ml-isolation-forest";
import { fromMlIsolationForest, scoreForest } from "../../../../scoring/forest/mod.ts";
import { createRandom } from "../../../../scoring/numeric/mod.ts";
import { matrixOf } from "../rows.ts";

/** Rows of f32 numbers, one of whose columns is constant. */
function randomRows(rowCount: number, columnCount: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from(
    { length: rowCount },
    () =>
      Array.from(
        { length: columnCount },
        (_, i) => i === 1 ? Math.fround(7.1) : Math.fround(random.nextFloat() * 200 - 100),
      ),
  );
}

for (
  const [rowCount, columnCount] of [[2, 1], [3, 2], [10, 2], [100, 4], [256, 3], [1000, 6]]
) {
  Deno.test(`R34: a source trained on ${rowCount} × ${columnCount} scores as its conversion`, () => {
    const rows = randomRows(rowCount, columnCount, rowCount);
    const source = new IsolationForest({ nEstimators: 30 });
    source.train(rows);
    const tried = [...rows, ...randomRows(300, columnCount, 5)];
    const wanted: number[] = source.predict(tried);
    const found = scoreForest(fromMlIsolationForest(source), matrixOf(tried, columnCount));
    const apart = wanted.map((score, i) => Math.abs(score - found[i]));
    assert(Math.max(...apart) <= 1e-6);
  });
}

Deno.test("a source that was trained twice gives its first trees, as it predicts with them", () => {
  const rows = randomRows(50, 2, 1);
  const source = new IsolationForest({ nEstimators: 5 });
  source.train(rows);
  source.train(rows);
  assertEquals(fromMlIsolationForest(source).roots.length, 5);
});

Deno.test("values beyond f32 keep rows of a constant column on their side", () => {
  const rows = Array.from({ length: 64 }, (_, i) => [0.1, i]);
  const source = new IsolationForest({ nEstimators: 50 });
  source.train(rows);
  const wanted: number[] = source.predict(rows);
  const found = scoreForest(fromMlIsolationForest(source), matrixOf(rows, 2));
  wanted.forEach((score, i) => assert(Math.abs(score - found[i]) <= 1e-6));
});

for (
  const [what, source] of [
    ["is not trained", { nEstimators: 1, forest: [], trainingSet: [] }],
    ["has no trees", { nEstimators: 1, forest: [], trainingSet: [[1]] }],
    ["lost rows", { nEstimators: 1, forest: [{ trainingSet: [[1]] }], trainingSet: [[1], [2]] }],
    ["splits at NaN", {
      nEstimators: 1,
      trainingSet: [[1]],
      forest: [{
        splitColumn: 0,
        splitValue: NaN,
        left: { trainingSet: [] },
        right: { trainingSet: [[1]] },
      }],
    }],
  ] as const
) {
  Deno.test(`fromMlIsolationForest refuses a source that ${what}`, () => {
    assertThrows(() => fromMlIsolationForest(source), RangeError);
  });
}
