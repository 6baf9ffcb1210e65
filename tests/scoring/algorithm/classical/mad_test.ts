import { assertAlmostEquals, assertEquals } from "@std/assert";
import { mad } from "../../../../scoring/algorithm/classical/mad.ts";
import { describeAlgorithm } from "../conformance.ts";
import { matrixOf } from "../rows.ts";

describeAlgorithm(mad);

Deno.test("mad is the modified z-score of Iglewicz and Hoaglin", () => {
  const values = [2, 4, 6, 8, 10, 12, 100];
  const fitted = mad.fit(matrixOf(values.map((value) => [value])), { seed: 1 });
  const scores = fitted.scoreBatch(matrixOf([[8], [100], [2]]));
  // The median is 8, the median distance from it 4.
  assertEquals(scores[0], 0);
  assertAlmostEquals(scores[1], 0.6745 * 92 / 4, 1e-3);
  assertAlmostEquals(scores[2], 0.6745 * 6 / 4, 1e-4);
  assertEquals(fitted.alerts?.threshold, 3.5);
});

Deno.test("mad takes the mean distance where more than half of the values are one", () => {
  const fitted = mad.fit(matrixOf([[5], [5], [5], [5], [9]]), { seed: 1 });
  // The mean distance is 0.8; the authors divide by 1.253314 times of it.
  assertAlmostEquals(fitted.scoreBatch(matrixOf([[9]]))[0], 4 / (1.253314 * 0.8), 1e-6);
});

Deno.test("mad does not count missing values of the training rows", () => {
  const known = mad.fit(matrixOf([[1], [2], [3], [4]]), { seed: 1 });
  const gappy = mad.fit(matrixOf([[1], [NaN], [2], [NaN], [3], [NaN], [4]]), { seed: 1 });
  const rows = matrixOf([[9]]);
  assertEquals(gappy.scoreBatch(rows), known.scoreBatch(rows));
});
