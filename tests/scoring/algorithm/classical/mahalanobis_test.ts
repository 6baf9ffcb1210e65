import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { mahalanobis } from "../../../../scoring/algorithm/classical/mahalanobis.ts";
import { pca } from "../../../../scoring/algorithm/classical/pca.ts";
import { describeAlgorithm } from "../conformance.ts";
import { bellNumbers, matrixOf, shareFound } from "../rows.ts";

describeAlgorithm(mahalanobis);

/** A round cloud of spread 1 about the origin, then a tight cluster far away. */
function cloudAndCluster(cloud: number, cluster: number): number[][] {
  const bell = bellNumbers(9);
  return [
    ...Array.from({ length: cloud }, () => [bell(), bell()]),
    ...Array.from({ length: cluster }, () => [6 + 0.1 * bell(), 6 + 0.1 * bell()]),
  ];
}

Deno.test("mahalanobis finds a cluster that masks itself from classical covariance", () => {
  const rows = matrixOf(cloudAndCluster(700, 250));
  const robust = mahalanobis.fit(rows, { seed: 1 }).scoreBatch(rows);
  assertEquals(shareFound(robust, 250), 1);
  assertEquals(shareFound(pca.fit(rows, { seed: 1 }).scoreBatch(rows), 250), 0);
});

Deno.test("mahalanobis of a round cloud is the distance from its middle", () => {
  const fitted = mahalanobis.fit(matrixOf(cloudAndCluster(2000, 0)), { seed: 1 });
  const [three, five] = fitted.scoreBatch(matrixOf([[3, 0], [-3, 4]]));
  // The final estimate leaves 2.5 % of the rows out, so spreads are a few percent short.
  assertAlmostEquals(three, 3, 0.3);
  assertAlmostEquals(five, 5, 0.5);
});

Deno.test("mahalanobis bears columns that are constant in most rows", () => {
  const bell = bellNumbers(2);
  const rows = matrixOf(Array.from({ length: 400 }, (_, row) => [bell(), row % 10 === 0 ? 1 : 0]));
  const [ordinary, rare, far] = mahalanobis.fit(rows, { seed: 1 })
    .scoreBatch(matrixOf([[0, 0], [0, 1], [40, 0]]));
  assert(ordinary < rare && rare < far, `${ordinary}, ${rare}, ${far}`);
});
