import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { randomCutForest } from "../../../../scoring/algorithm/streams/random_cut_forest.ts";
import { describeAlgorithm } from "../conformance.ts";
import { bellNumbers, matrixOf } from "../rows.ts";

describeAlgorithm(randomCutForest, { parameters: { trees: 10, sample: 64 } });

function cloud(count: number, center: number): number[][] {
  const bell = bellNumbers(3);
  return Array.from({ length: count }, () => [center + bell(), bell(), bell()]);
}

const mean = (scores: Float64Array) => scores.reduce((sum, score) => sum + score) / scores.length;

Deno.test("random_cut_forest scores far rows above all others, by how far they are", () => {
  const fitted = randomCutForest.fit(matrixOf(cloud(1000, 0)), { seed: 1 });
  const scores = fitted.scoreBatch(matrixOf([...cloud(200, 0), [6, 0, 0], [0, 0, -20]]));
  const highest = Math.max(...scores.subarray(0, 200));
  assert(scores[200] > highest && scores[201] > scores[200]);
});

Deno.test("random_cut_forest's parts add up to the score of a row outside of all boxes", () => {
  const scorer = randomCutForest.fit(matrixOf(cloud(500, 0)), { seed: 1 }).open();
  const score = scorer.push(Float32Array.of(0, 30, 0));
  const parts = scorer.explain();
  assertAlmostEquals(parts.reduce((sum, part) => sum + part), score, 1e-9 * score);
  assert(parts[1] > 0.9 * score);
});

Deno.test("random_cut_forest forgets as its memory says", () => {
  const after = (memory: number) => {
    const parameters = { memory, sample: 64, trees: 10 };
    const fitted = randomCutForest.fit(matrixOf(cloud(500, 0)), { seed: 1, parameters });
    return mean(fitted.scoreBatch(matrixOf(cloud(400, 10))).subarray(300));
  };
  assert(after(64) < after(100_000) / 3);
});

Deno.test("random_cut_forest tells the same of a row before and after it is asked to keep all", () => {
  const scorer = randomCutForest.fit(matrixOf(cloud(100, 0)), { seed: 1 }).open();
  scorer.push(Float32Array.of(0, 0, 5));
  const parts = scorer.explain();
  scorer.fitted?.();
  assertEquals(scorer.explain(), parts);
});
