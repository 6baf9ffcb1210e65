import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { oneClassSvm } from "../../../../scoring/algorithm/classical/one_class_svm.ts";
import { solveOneClass } from "../../../../scoring/algorithm/classical/smo.ts";
import { describeAlgorithm } from "../conformance.ts";
import { bellNumbers, matrixOf, shareFound } from "../rows.ts";

describeAlgorithm(oneClassSvm);

Deno.test("one_class_svm gives the decisions of scikit-learn's OneClassSVM", () => {
  const rows = matrixOf([[0, 0], [1, 0], [0, 1], [1, 1], [2, 1], [1, 2], [5, 5], [-3, 4]]);
  const fitted = oneClassSvm.fit(rows, { seed: 1, parameters: { gamma: 0.5, nu: 0.5 } });
  // scikit-learn 1.2.1 of the standardized rows, decisions over −nu · 8.
  const expected = [0, -0.009654, -0.031794, -0.046186, 0, 0, 0.126928, 0.1143];
  fitted.scoreBatch(rows).forEach((score, row) => assertAlmostEquals(score, expected[row], 5e-4));
  assertAlmostEquals(fitted.scoreBatch(matrixOf([[10, -10]]))[0], 0.389332, 5e-4);
});

for (const nu of [0.05, 0.2, 0.5, 1]) {
  Deno.test(`one_class_svm leaves about ${nu} of the training rows outside`, () => {
    const bell = bellNumbers(4);
    const rows = matrixOf(Array.from({ length: 400 }, () => [bell(), bell()]));
    const scores = oneClassSvm.fit(rows, { seed: 1, parameters: { nu } }).scoreBatch(rows);
    const outside = scores.filter((score) => score > 1e-4).length / 400;
    assert(outside <= nu && outside > nu - 0.05, `${outside}`);
  });
}

Deno.test("one_class_svm finds rows between two clusters and beyond them", () => {
  const bell = bellNumbers(8);
  const clusters = Array.from({ length: 400 }, (_, row) => {
    const side = row % 2 === 0 ? 5 : -5;
    return [side + 0.5 * bell(), side + 0.5 * bell()];
  });
  const rows = matrixOf([...clusters, [0, 0], [5, -5], [12, 12]]);
  const parameters = { nu: 0.1, gamma: 4 };
  const scores = oneClassSvm.fit(rows, { seed: 1, parameters }).scoreBatch(rows);
  assertEquals(shareFound(scores, 3), 1);
});

Deno.test("the solver's weights are in their range, and as many as nu asks for", () => {
  const kernel = Float64Array.of(1, 0.5, 0.1, 0.5, 1, 0.2, 0.1, 0.2, 1);
  const { alpha, rho } = solveOneClass(kernel, 3, 0.5);
  assert(alpha.every((weight) => weight >= 0 && weight <= 1));
  assertAlmostEquals(alpha.reduce((sum, weight) => sum + weight), 1.5, 1e-12);
  // Rows that carry the boundary have the same sum, which is rho.
  for (let row = 0; row < 3; row++) {
    let sum = 0;
    for (let k = 0; k < 3; k++) sum += kernel[row * 3 + k] * alpha[k];
    if (alpha[row] > 0 && alpha[row] < 1) assertAlmostEquals(sum, rho, 1e-3);
    if (alpha[row] === 1) assert(sum <= rho + 1e-3);
  }
});
