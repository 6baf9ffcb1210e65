import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { decodeForest, encodeForest } from "../../../../scoring/bundle/forest_section.ts";
import {
  fromScikitLearn,
  type ScikitLearnForest,
  scoreForest,
  scoreRow,
} from "../../../../scoring/forest/mod.ts";
import { nextUp } from "../../../../scoring/numeric/mod.ts";
import { matrixOf } from "../rows.ts";

interface Fixture {
  readonly rows: number[][];
  readonly forests: { readonly forest: ScikitLearnForest; readonly scores: number[] }[];
}

/** Forests that scikit-learn 1.2.1 has fitted, and its −score_samples of rows. */
const FIXTURE: Fixture = JSON.parse(
  gunzipSync(
    Deno.readFileSync(new URL("../../../fixtures/scikit_learn_forests.json.gz", import.meta.url)),
  ).toString(),
);

Deno.test("a forest of scikit-learn scores as there (R34)", () => {
  for (const { forest, scores } of FIXTURE.forests) {
    const taken = fromScikitLearn(forest);
    const own = scoreForest(taken, matrixOf(FIXTURE.rows, 3));
    scores.forEach((score, row) => assertAlmostEquals(own[row], score, 1e-7));
    assertEquals(decodeForest(encodeForest(taken)), taken);
  }
});

/** A tree of one split. */
function stump(change: object = {}): unknown {
  return {
    featureCount: 2,
    subsampleSize: 3,
    trees: [{
      columns: [1],
      left: [1, -1, -1],
      right: [2, -1, -1],
      feature: [0, -2, -2],
      threshold: [1.5, -2, -2],
      size: [3, 1, 2],
      ...change,
    }],
  };
}

for (
  const [what, threshold] of [
    ["an f32", 1.5],
    ["between two f32", 1.5 + 2 ** -40],
    ["0", 0],
    ["a negative f32", -1.5],
    ["negative between two f32", -1.5 - 2 ** -40],
    ["below the least f32 above 0", 2 ** -160],
    ["above the greatest f32 below 0", -(2 ** -160)],
  ] as const
) {
  Deno.test(`f32 values part at a threshold that is ${what} as in scikit-learn`, () => {
    const forest = fromScikitLearn(stump({ threshold: [threshold, -2, -2] }));
    const left = scoreRow(forest, Float32Array.of(0, -9));
    const right = scoreRow(forest, Float32Array.of(0, 9));
    assert(left !== right);
    const near = Math.fround(threshold);
    for (const value of [-nextUp(-near), near, nextUp(near), 0, -0]) {
      assertEquals(scoreRow(forest, Float32Array.of(0, value)), value <= threshold ? left : right);
    }
  });
}

for (
  const [field, json] of [
    ["forest", null],
    ["forest", "{}"],
    ["trees", { featureCount: 1, subsampleSize: 1 }],
    ["trees", { featureCount: 1, subsampleSize: 1, trees: [] }],
    ["trees[0]", { featureCount: 1, subsampleSize: 1, trees: [7] }],
    ["featureCount", { featureCount: 0, subsampleSize: 1, trees: [{}] }],
    ["subsampleSize", { featureCount: 1, subsampleSize: 1e9, trees: [{}] }],
    ["trees[0].left", stump({ left: [] })],
    ["trees[0].left", stump({ left: { length: 3 } })],
    ["trees[0].left[0]", stump({ left: [3, -1, -1] })],
    ["trees[0].right", stump({ right: [2, -1] })],
    ["trees[0].feature[0]", stump({ feature: [1, -2, -2] })],
    ["split a feature", stump({ feature: [-2, -2, -2] })],
    ["trees[0].columns[0]", stump({ columns: [2] })],
    ["trees[0].threshold[0]", stump({ threshold: [null, 0, 0] })],
    ["trees[0].size[1]", stump({ size: [3, 0.5, 2] })],
    ["no or two children", stump({ right: [-1, -1, -1] })],
    ["be a tree", stump({ left: [0, -1, -1], right: [0, -1, -1] })],
    ["share its 3 rows", stump({ size: [3, 1, 1] })],
    ["seen 3 rows", stump({ size: [2, 1, 1] })],
    ["finite threshold", stump({ threshold: [1e39, 0, 0] })],
  ] as const
) {
  Deno.test(`fromScikitLearn refuses ${JSON.stringify(json).slice(0, 150)} by name`, () => {
    assertThrows(() => fromScikitLearn(json), RangeError, field);
  });
}
