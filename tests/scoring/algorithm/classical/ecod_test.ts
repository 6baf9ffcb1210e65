import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ecod } from "../../../../scoring/algorithm/classical/ecod.ts";
import { describeAlgorithm } from "../conformance.ts";
import { matrixOf } from "../rows.ts";

describeAlgorithm(ecod);

Deno.test("ecod adds up −ln of the tails, the greatest of left, right and skewed ones", () => {
  // The first column has its long tail on the right, the second on the left.
  const rows = matrixOf([[1, 100], [2, 99], [3, 98], [4, 97], [50, 10]]);
  const fitted = ecod.fit(rows, { seed: 1 });
  const scores = fitted.scoreBatch(matrixOf([[50, 10], [1, 100], [3, 98], [50, 100]]));
  // Right tail of 50 and left tail of 10: one row of five each.
  assertAlmostEquals(scores[0], 2 * Math.log(5), 1e-12);
  // By skewness both are in the bulk; the left tails are ln 5 and 0, the right ones 0 and ln 5.
  assertAlmostEquals(scores[1], Math.log(5), 1e-12);
  assertAlmostEquals(scores[2], 2 * Math.log(5 / 3), 1e-12);
  // Both right tails count.
  assertAlmostEquals(scores[3], 2 * Math.log(5), 1e-12);
});

Deno.test("ecod of many rows has exact tails and a middle that is nearly so", () => {
  const count = 20_000;
  const rows = matrixOf(Array.from({ length: count }, (_, row) => [(row * 7919) % count]));
  const fitted = ecod.fit(rows, { seed: 1 });
  for (const value of [0, 10, 1000, count - 500, count - 1]) {
    // The column is even, so both of its tails count.
    const tails = (value + 1) / count * (count - value) / count;
    assertAlmostEquals(fitted.scoreBatch(matrixOf([[value]]))[0], -Math.log(tails), 1e-12);
  }
  const [middle] = fitted.scoreBatch(matrixOf([[6000]]));
  assertAlmostEquals(middle, -Math.log(0.3 * 0.7), 0.005);
  assertEquals(fitted.serialize().length < 13 * 3072, true);
});
