import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  rankOf,
  type RankScale,
  rankScaleOf,
  readRankScale,
  surpriseOf,
  writeRankScale,
} from "../../../../scoring/algorithm/ensemble/rank_scale.ts";
import { createByteWriter, openBytes } from "../../../../scoring/algorithm/bytes/mod.ts";

const KIND = { algorithm: "scale", version: 1, rules: {} };

function bytesOf(scale: RankScale): Uint8Array {
  const writer = createByteWriter({ algorithm: "scale", version: 1, parameters: {} });
  writeRankScale(scale, writer);
  return writer.finish();
}

for (
  const [scores, score, rank] of [
    [[1, 2, 3, 4], 1, 1 / 8],
    [[1, 2, 3, 4], 3, 5 / 8],
    [[1, 2, 3, 4], 2.5, 4 / 8],
    [[4, 1, 3, 2], 0, 1 / 8],
    [[4, 1, 3, 2], 9, 7 / 8],
    [[5, 5, 5, 9], 5, 3 / 8],
    [[7, 7], 7, 1 / 2],
    [[7], 8, 1 / 2],
    [[-1.7e308, 1.7e308], 0, 1 / 2],
  ] as const
) {
  Deno.test(`the rank of ${score} among ${scores} is ${rank}`, () =>
    assertAlmostEquals(rankOf(rankScaleOf(Float64Array.from(scores)), score), rank, 1e-12));
}

Deno.test("surprise is −ln of the share of rows above", () => {
  const scale = rankScaleOf(Float64Array.from({ length: 1000 }, (_, i) => i));
  assertAlmostEquals(surpriseOf(scale, 499.5), Math.log(2), 1e-12);
  assertAlmostEquals(surpriseOf(scale, 990), -Math.log(9.5 / 1000), 1e-12);
});

Deno.test("surprise never falls, and rises beyond the highest score", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 50 }),
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
      fc.double({ noNaN: true, min: 0, max: 1e6 }),
      (scores, score, more) => {
        const scale = rankScaleOf(Float64Array.from(scores));
        const lower = surpriseOf(scale, score);
        assert(Number.isFinite(lower) && lower > 0);
        assert(surpriseOf(scale, score + more) >= lower);
        const highest = Math.max(...scores);
        assert(surpriseOf(scale, highest + 1e9) > surpriseOf(scale, highest));
        assert(Number.isFinite(surpriseOf(scale, Number.MAX_VALUE)));
      },
    ),
    { seed: 3 },
  );
});

Deno.test("a thousand scores stand for many, all of the highest among them", () => {
  const scores = Float64Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 50_000);
  const scale = rankScaleOf(scores);
  assertEquals(scale.scores.length, 1024);
  for (const score of [0, 12_345, 40_000, 49_700, 49_999]) {
    assertAlmostEquals(rankOf(scale, score), (score + 0.5) / 50_000, 1e-4);
  }
  assertEquals(rankOf(scale, 49_999), 49_999.5 / 50_000);
});

Deno.test("a rank scale is read as it was written", () => {
  const scale = rankScaleOf(Float64Array.of(3, 1, 2, 2));
  assertEquals(readRankScale(openBytes(bytesOf(scale), KIND)), scale);
});

for (
  const [name, scores, ranks] of [
    ["scores that do not ascend", [1, 1], [0.1, 0.2]],
    ["ranks that do not ascend", [1, 2], [0.2, 0.2]],
    ["a rank of 1", [1, 2], [0.2, 1]],
    ["a rank of 0", [1, 2], [0, 0.5]],
    ["ranks of other scores", [1, 2], [0.5]],
    ["no scores", [], []],
  ] as const
) {
  Deno.test(`a rank scale with ${name} is refused`, () => {
    const scale = { scores: Float64Array.from(scores), ranks: Float64Array.from(ranks) };
    assertThrows(() => readRankScale(openBytes(bytesOf(scale), KIND)), RangeError, "scale");
  });
}
