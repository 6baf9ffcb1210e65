import { assertAlmostEquals, assertEquals } from "@std/assert";
import { zScore } from "../../../../scoring/algorithm/classical/z_score.ts";
import { describeAlgorithm } from "../conformance.ts";
import { matrixOf } from "../rows.ts";

describeAlgorithm(zScore);

Deno.test("z_score is the greatest distance from a mean in standard deviations", () => {
  const fitted = zScore.fit(matrixOf([[1, 0], [2, 5], [3, 10], [4, 15], [5, 20]]), { seed: 1 });
  const scores = fitted.scoreBatch(matrixOf([[3, 10], [8, 10], [8, -30]]));
  assertEquals(scores[0], 0);
  assertAlmostEquals(scores[1], 5 / Math.sqrt(2.5), 1e-12);
  assertAlmostEquals(scores[2], 40 / Math.sqrt(62.5), 1e-12);
});

Deno.test("z_score alerts above 3 standard deviations unless told otherwise", () => {
  const rows = matrixOf([[1], [2]]);
  assertEquals(zScore.fit(rows, { seed: 1 }).alerts, { threshold: 3, release: 3 });
  const fitted = zScore.fit(rows, { seed: 1, parameters: { sigmas: 4 } });
  assertEquals(fitted.alerts, { threshold: 4, release: 4 });
});

Deno.test("z_score takes leaving a constant for news", () => {
  const fitted = zScore.fit(matrixOf([[7, 0], [7, 0], [7, 0]]), { seed: 1 });
  const [same, left, begun] = fitted.scoreBatch(matrixOf([[7, 0], [7.7, 0], [7, 1]]));
  assertEquals(same, 0);
  assertAlmostEquals(left, 102.4, 1e-4);
  assertEquals(begun, 1024);
});
