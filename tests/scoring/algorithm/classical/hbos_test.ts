import { assertAlmostEquals, assertEquals } from "@std/assert";
import { hbos } from "../../../../scoring/algorithm/classical/hbos.ts";
import { describeAlgorithm } from "../conformance.ts";
import { matrixOf } from "../rows.ts";

describeAlgorithm(hbos);

Deno.test("hbos adds up how much lower than the highest the bins of a row are", () => {
  // Of the two bins of the first column one holds 3 values and one 1; the second is constant.
  const rows = matrixOf([[0, 4], [1, 4], [2, 4], [10, 4]]);
  const fitted = hbos.fit(rows, { seed: 1, parameters: { bins: 2 } });
  const scores = fitted.scoreBatch(matrixOf([[4, 4], [9, 4], [11, 4], [11, 5]]));
  assertEquals(scores[0], 0);
  assertAlmostEquals(scores[1], Math.log(3.5 / 1.5), 1e-12);
  assertAlmostEquals(scores[2], Math.log(3.5 / 0.5), 1e-12);
  assertAlmostEquals(scores[3], Math.log(3.5 / 0.5) + Math.log(4.5 / 0.5), 1e-12);
});

Deno.test("hbos explains a row by the bins of its columns", () => {
  const rows = matrixOf([[0, 0], [1, 1], [2, 0], [10, 1]]);
  const scorer = hbos.fit(rows, { seed: 1, parameters: { bins: 2 } }).open();
  scorer.push(Float32Array.of(10, 1));
  assertAlmostEquals(scorer.explain()[0], Math.log(3.5 / 1.5), 1e-12);
  assertEquals(scorer.explain()[1], 0);
});
