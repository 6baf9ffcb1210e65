import { assertEquals } from "@std/assert";
import type { Algorithm, Fitted } from "../../../../../scoring/algorithm/algorithm.ts";
import { flatline } from "../../../../../scoring/algorithm/trend/rules/flatline.ts";
import { missingData } from "../../../../../scoring/algorithm/trend/rules/missing_data.ts";
import { describeAlgorithm } from "../../conformance.ts";
import { matrixOf } from "../../rows.ts";

describeAlgorithm(flatline, { findsSpikes: false });
describeAlgorithm(missingData, { findsSpikes: false });

/** Which values of a column alert, by the method's own levels. */
function alerts(fitted: Fitted, values: readonly number[]): boolean[] {
  const scores = fitted.scoreBatch(matrixOf(values.map((value) => [value])));
  return [...scores].map((score) => score > fitted.alerts!.threshold);
}

const fit = (algorithm: Algorithm, values: readonly number[]) =>
  algorithm.fit(matrixOf(values.map((value) => [value])), { seed: 1, parameters: { rows: 3 } });

Deno.test("flatline alerts from the third of three equal values until another comes", () => {
  assertEquals(
    alerts(fit(flatline, [1, 2, 3]), [5, 5, 5, 5, 6, 6, NaN, 6, 6, 6]),
    [false, false, true, true, false, false, false, false, false, true],
  );
});

Deno.test("missing_data alerts from the third missing value until one comes", () => {
  assertEquals(
    alerts(fit(missingData, [1, 2, 3]), [1, NaN, NaN, NaN, NaN, 1, NaN]),
    [false, false, false, true, true, false, false],
  );
});

Deno.test("a column that did nothing else in training is passed over", () => {
  assertEquals(alerts(fit(flatline, [4, 4, 4]), [4, 4, 4, 4]), [false, false, false, false]);
  assertEquals(alerts(fit(missingData, [NaN, NaN]), [NaN, NaN, NaN]), [false, false, false]);
  assertEquals(alerts(fit(missingData, [1]), [NaN, NaN, NaN]), [false, false, true]);
});

Deno.test("flatline tells which column stands still", () => {
  const rows = matrixOf([[1, 1], [2, 2], [3, 3]]);
  const scorer = flatline.fit(rows, { seed: 1, parameters: { rows: 4 } }).open();
  for (const row of [[1, 5], [2, 5], [3, 5]]) scorer.push(Float32Array.from(row));
  assertEquals(scorer.explain(), Float64Array.of(0.25, 0.75));
});
