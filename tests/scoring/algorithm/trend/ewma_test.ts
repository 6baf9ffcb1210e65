import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { zScore } from "../../../../scoring/algorithm/classical/z_score.ts";
import { ewma } from "../../../../scoring/algorithm/trend/ewma.ts";
import { describeAlgorithm } from "../conformance.ts";
import { bellNumbers, matrixOf } from "../rows.ts";

describeAlgorithm(ewma);

/** Mean 0 and standard deviation 1 with n − 1. */
const training = matrixOf([[-1], [0], [1]]);

Deno.test("ewma of the first row is its z-score", () => {
  assertEquals(ewma.fit(training, { seed: 1 }).scoreBatch(matrixOf([[2.5]]))[0], 2.5);
});

Deno.test("ewma is the average over its own standard deviation", () => {
  const scores = ewma.fit(training, { seed: 1 }).scoreBatch(matrixOf([[1], [2], [4]]));
  const weights = [0.2 * 0.8 * 0.8, 0.2 * 0.8, 0.2];
  const average = weights[0] * 1 + weights[1] * 2 + weights[2] * 4;
  assertAlmostEquals(scores[2], average / Math.hypot(...weights), 1e-12);
});

Deno.test("ewma of a shift that lasts is shift · √((2 − λ) / λ)", () => {
  const rows = matrixOf(Array.from({ length: 100 }, () => [0.5]));
  const scores = ewma.fit(training, { seed: 1 }).scoreBatch(rows);
  assertAlmostEquals(scores[99], 0.5 * Math.sqrt(1.8 / 0.2), 1e-4);
});

Deno.test("ewma finds a small shift that no single row shows", () => {
  const bell = bellNumbers(2);
  const rows = (count: number, shift: number) =>
    matrixOf(Array.from({ length: count }, () => [shift + bell()]));
  const train = rows(2000, 0);
  const shifted = rows(60, 1.5);
  const { alerts, ...fitted } = ewma.fit(train, { seed: 1 });
  const single = zScore.fit(train, { seed: 1 }).scoreBatch(shifted);
  const lasting = fitted.scoreBatch(shifted).subarray(10);
  const share = (scores: Float64Array) =>
    scores.filter((score) => score > 3).length / scores.length;
  assertEquals(alerts?.threshold, 3);
  assert(share(lasting) > 0.6, `${share(lasting)}`);
  assert(share(single) < 0.2, `${share(single)}`);
});

Deno.test("ewma gives missing values no weight", () => {
  const fitted = ewma.fit(training, { seed: 1 });
  const scores = fitted.scoreBatch(matrixOf([[2], [NaN], [NaN]]));
  assertAlmostEquals(scores[2], 2, 1e-12);
  assertEquals(fitted.scoreBatch(matrixOf([[NaN]]))[0], 0);
});
