import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { autoencoder } from "../../../../scoring/algorithm/classical/autoencoder.ts";
import { createNetwork, layerSizes } from "../../../../scoring/algorithm/classical/network.ts";
import { trainNetwork } from "../../../../scoring/algorithm/classical/train_network.ts";
import { createRandom } from "../../../../scoring/numeric/mod.ts";
import { describeAlgorithm } from "../conformance.ts";
import { bellNumbers, matrixOf, shareFound } from "../rows.ts";

describeAlgorithm(autoencoder, { parameters: { visits: 2000 } });

/** Four columns that are made of two. */
function bound(count: number): number[][] {
  const bell = bellNumbers(6);
  return Array.from({ length: count }, () => {
    const [first, second] = [bell(), bell()];
    return [first, second, first + second, first - second];
  });
}

for (const layers of [1, 2]) {
  Deno.test(`autoencoder of ${layers} hidden layers finds rows that break how columns go together`, () => {
    const broken = [[1, 1, -4, 0], [0, 0, 5, 0], [1, -1, 0, -4]];
    const rows = matrixOf([...bound(600), ...broken]);
    const parameters = { layers, hidden: 2, visits: 30_000 };
    const scores = autoencoder.fit(rows, { seed: 1, parameters }).scoreBatch(rows);
    assertEquals(shareFound(scores, 3), 1);
  });
}

Deno.test("autoencoder's parts add up to its score", () => {
  const parameters = { visits: 1000 };
  const scorer = autoencoder.fit(matrixOf(bound(100)), { seed: 1, parameters }).open();
  const score = scorer.push(Float32Array.of(3, 0, 0, 1));
  assertAlmostEquals(scorer.explain().reduce((sum, part) => sum + part), score, 1e-9);
});

Deno.test("a network passes rows on as its formula says", () => {
  // One input, one hidden unit, one output: w₂ · tanh(w₁ x + b₁) + b₂.
  const pass = createNetwork([1, 1, 1], Float64Array.of(0.5, 0.25, 2, -1)).open();
  assertAlmostEquals(pass(Float64Array.of(3))[0], 2 * Math.tanh(1.75) - 1, 1e-14);
});

Deno.test("training lowers the error of what comes out", () => {
  const rows = Float64Array.from(bound(200).flat());
  const error = (visits: number) => {
    const random = createRandom(3);
    const network = createNetwork(layerSizes(4, 2, 1), random);
    trainNetwork(network, rows, visits, random);
    const pass = network.open();
    let sum = 0;
    for (let start = 0; start < rows.length; start += 4) {
      const row = rows.subarray(start, start + 4);
      pass(row).forEach((value, column) => sum += (value - row[column]) ** 2);
    }
    return sum;
  };
  assert(error(20_000) < error(0) / 8, `${error(20_000)} against ${error(0)}`);
});
