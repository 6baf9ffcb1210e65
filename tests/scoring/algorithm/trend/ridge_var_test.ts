import { assert, assertAlmostEquals } from "@std/assert";
import { ridgeVar } from "../../../../scoring/algorithm/trend/ridge_var.ts";
import { describeAlgorithm } from "../conformance.ts";
import { bellNumbers, matrixOf } from "../rows.ts";

describeAlgorithm(ridgeVar);

/** The second column is the first one a row later. */
function echo(rows: number, seed: number): number[][] {
  const bell = bellNumbers(seed);
  let last = 0;
  return Array.from({ length: rows }, () => {
    const row = [bell(), last + 0.1 * bell()];
    last = row[0];
    return row;
  });
}

Deno.test("ridge_var expects a column from what another was before", () => {
  const scorer = ridgeVar.fit(matrixOf(echo(2000, 1)), { seed: 1 }).open();
  for (const row of [...echo(20, 2), [2.5, 0]]) scorer.push(Float32Array.from(row));
  scorer.push(Float32Array.of(0, 2.5));
  assertAlmostEquals(scorer.expected!()[1], 2.5, 0.1);
  assertAlmostEquals(scorer.expected!()[0], 0, 0.2);
});

Deno.test("ridge_var finds an echo that does not come, by its column", () => {
  const scorer = ridgeVar.fit(matrixOf(echo(2000, 1)), { seed: 1 }).open();
  const usual = echo(200, 2).map((row) => scorer.push(Float32Array.from(row)));
  scorer.push(Float32Array.of(2.5, 0));
  const score = scorer.push(Float32Array.of(0, 0));
  assert(score > 3 * Math.max(...usual.slice(3)), `${score}`);
  const [first, second] = scorer.explain();
  assert(second > 10 * first);
});

Deno.test("ridge_var of one column is an autoregression", () => {
  const bell = bellNumbers(7);
  let last = 0;
  const rows = Array.from({ length: 5000 }, () => [last = 0.8 * last + bell()]);
  const parameters = { lags: 1, ridge: 1e-6 };
  const scorer = ridgeVar.fit(matrixOf(rows), { seed: 1, parameters }).open();
  scorer.push(Float32Array.of(10));
  scorer.push(Float32Array.of(0));
  assertAlmostEquals(scorer.expected!()[0], 8, 0.4);
});
