import { assert, assertAlmostEquals } from "@std/assert";
import { pca } from "../../../../scoring/algorithm/classical/pca.ts";
import { describeAlgorithm } from "../conformance.ts";
import { bellNumbers, matrixOf } from "../rows.ts";

describeAlgorithm(pca);

/** Two columns of which the second follows the first. */
function follower(count: number): number[][] {
  const bell = bellNumbers(5);
  return Array.from({ length: count }, () => {
    const first = bell();
    return [10 + 3 * first, 5 * (first + 0.1 * bell())];
  });
}

Deno.test("pca over all components is the squared Mahalanobis distance", () => {
  const rows = matrixOf(follower(300));
  const fitted = pca.fit(rows, { seed: 1 });
  const scores = fitted.scoreBatch(rows);
  let [meanX, meanY, xx, yy, xy] = [0, 0, 0, 0, 0];
  for (let row = 0; row < 300; row++) {
    meanX += rows.data[2 * row] / 300;
    meanY += rows.data[2 * row + 1] / 300;
  }
  const centred = (row: number) => [rows.data[2 * row] - meanX, rows.data[2 * row + 1] - meanY];
  for (let row = 0; row < 300; row++) {
    const [x, y] = centred(row);
    xx += x * x / 299;
    yy += y * y / 299;
    xy += x * y / 299;
  }
  for (const row of [0, 7, 299]) {
    const [x, y] = centred(row);
    const distance = (yy * x * x - 2 * xy * x * y + xx * y * y) / (xx * yy - xy * xy);
    assertAlmostEquals(scores[row], distance, 1e-9 * distance);
  }
});

Deno.test("pca finds a row whose columns are ordinary and do not go together", () => {
  const fitted = pca.fit(matrixOf(follower(500)), { seed: 1 });
  const [extreme, broken] = fitted.scoreBatch(matrixOf([[16, 10], [13, -5]]));
  assert(broken > 10 * extreme, `${broken} is not above ${extreme}`);
});

Deno.test("pca that keeps the wide components alone does not see what is broken", () => {
  const parameters = { kept_share: 0.9 };
  const fitted = pca.fit(matrixOf(follower(500)), { seed: 1, parameters });
  const [extreme, broken] = fitted.scoreBatch(matrixOf([[16, 10], [13, -5]]));
  assert(extreme > broken);
});

Deno.test("pca's parts add up to its score", () => {
  const scorer = pca.fit(matrixOf(follower(100)), { seed: 1 }).open();
  const score = scorer.push(Float32Array.of(20, -3));
  const [first, second] = scorer.explain();
  assertAlmostEquals(first + second, score, 1e-9 * score);
});
