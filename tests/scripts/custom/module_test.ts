/** The example of docs/custom_algorithm.md, behind the walls that every module is behind. */
import { assertEquals } from "@std/assert";
import { openCustomAlgorithm } from "../../../scripts/custom/mod.ts";
import { describeAlgorithm } from "../../scoring/algorithm/conformance.ts";
import { matrixOf } from "../../scoring/algorithm/rows.ts";

const url = new URL("../../../docs/examples/nearest_mean.ts", import.meta.url).href;
const { algorithm, close } = openCustomAlgorithm({ kind: "module", url, isPrivateAllowed: false });

describeAlgorithm(algorithm);

Deno.test("the example scores by distance in spreads, and tells the columns that made it", () => {
  const fitted = algorithm.fit(matrixOf([[1, 10], [3, 30]]), { seed: 1 });
  assertEquals([...fitted.scoreBatch(matrixOf([[2, 20], [4, 20], [4, NaN]]))], [0, 4, 4]);
  const scorer = fitted.open();
  assertEquals(scorer.push(Float32Array.of(3, 40)), 5);
  assertEquals([...scorer.explain()], [1, 4]);
});

Deno.test("the example's process ends when it is closed", () => close());
