import { assert } from "@std/assert";
import { halfSpaceTrees } from "../../../../scoring/algorithm/streams/half_space_trees.ts";
import { describeAlgorithm } from "../conformance.ts";
import { bellNumbers, matrixOf } from "../rows.ts";

describeAlgorithm(halfSpaceTrees);

function cloud(count: number, center: number): number[][] {
  const bell = bellNumbers(3);
  return Array.from({ length: count }, () => [center + bell(), center - bell()]);
}

const mean = (scores: Float64Array) => scores.reduce((sum, score) => sum + score) / scores.length;

Deno.test("half_space_trees scores rows of an empty region above all of a full one", () => {
  const fitted = halfSpaceTrees.fit(matrixOf(cloud(1000, 0)), { seed: 1 });
  const scores = fitted.scoreBatch(matrixOf([...cloud(200, 0), [9, 9], [-9, 0]]));
  const highest = Math.max(...scores.subarray(0, 200));
  assert(scores[200] > highest && scores[201] > highest);
});

Deno.test("half_space_trees takes what goes on for more than a window for normal", () => {
  const fitted = halfSpaceTrees.fit(matrixOf(cloud(1000, 0)), { seed: 1 });
  const scores = fitted.scoreBatch(matrixOf(cloud(700, 4)));
  const before = mean(scores.subarray(0, 250));
  const after = mean(scores.subarray(500));
  assert(after < before - 2, `${before} became ${after}`);
});

Deno.test("half_space_trees explains a row by the column that is odd", () => {
  const fitted = halfSpaceTrees.fit(matrixOf(cloud(1000, 0)), { seed: 1 });
  const scorer = fitted.open();
  scorer.push(Float32Array.of(0, 12));
  const [first, second] = scorer.explain();
  assert(second > 2 * first, `${first}, ${second}`);
});
