import { assertEquals, assertThrows } from "@std/assert";
import {
  checkForest,
  fitForest,
  type Forest,
  type ObliqueSplits,
} from "../../../scoring/forest/mod.ts";
import { bellRows } from "./rows.ts";

/** Two trees: a root with a leaf and a split of two leaves, and a root with two leaves. */
const SOUND: Forest = {
  featureCount: 2,
  subsampleSize: 4,
  roots: Uint32Array.of(0, 5),
  splitFeature: Uint16Array.of(1, 0, 0, 0, 0, 0, 0, 0),
  splitValue: Float32Array.of(1, 0, 2, 0, 0, -3, 0, 0),
  child: Uint32Array.of(1, 0, 3, 0, 0, 6, 0, 0),
  size: Uint16Array.of(4, 1, 3, 2, 1, 4, 2, 2),
};

function withNumber<T extends Uint16Array | Uint32Array | Float32Array>(
  list: T,
  index: number,
  value: number,
): T {
  const copy = list.slice() as T;
  copy[index] = value;
  return copy;
}

Deno.test("checkForest accepts a sound forest and what fitForest makes", () => {
  assertEquals(checkForest(SOUND), undefined);
  checkForest(fitForest(bellRows(300, 3, 1), { treeCount: 10, subsampleSize: 64, seed: 1 }));
});

const { child, size, splitFeature, splitValue, roots } = SOUND;

for (
  const [what, change] of [
    ["a node that is its own child", { child: withNumber(child, 2, 2) }],
    ["a node whose child is its ancestor", { child: withNumber(child, 2, 1) }],
    ["a leaf that points back", { child: withNumber(child, 4, 1) }],
    ["a child out of range", { child: withNumber(child, 5, 8) }],
    ["a child of 2³² − 1", { child: withNumber(child, 5, 4_294_967_295) }],
    ["children that two nodes share", { child: withNumber(child, 5, 3) }],
    ["a second child out of range", { child: child.slice(0, 7) }],
    ["a column past the last", { splitFeature: withNumber(splitFeature, 0, 2) }],
    ["a column of −1", { splitFeature: withNumber(splitFeature, 0, -1) }],
    ["a threshold of NaN", { splitValue: withNumber(splitValue, 2, NaN) }],
    ["a threshold of ∞", { splitValue: withNumber(splitValue, 2, Infinity) }],
    ["a leaf with a threshold", { splitValue: withNumber(splitValue, 1, 1) }],
    ["a leaf with a threshold of −0", { splitValue: withNumber(splitValue, 1, -0) }],
    ["a leaf with a column", { splitFeature: withNumber(splitFeature, 1, 1) }],
    ["covers that disagree", { size: withNumber(size, 3, 1) }],
    ["a root that has not seen ψ rows", { subsampleSize: 5 }],
    ["a leaf without a row", { size: Uint16Array.of(4, 1, 3, 3, 0, 4, 2, 2) }],
    ["ψ = 0", { subsampleSize: 0, size: new Uint16Array(8) }],
    ["no features", { featureCount: 0 }],
    ["half a feature", { featureCount: 1.5 }],
    ["no trees", { roots: new Uint32Array(0) }],
    ["trees without nodes", {
      roots: Uint32Array.of(0),
      child: new Uint32Array(0),
      size: new Uint16Array(0),
      splitFeature: new Uint16Array(0),
      splitValue: new Float32Array(0),
    }],
    ["a root in a tree's middle", { roots: withNumber(roots, 1, 3) }],
    ["a root out of range", { roots: Uint32Array.of(0, 5, 8) }],
    ["trees that do not begin at 0", { roots: withNumber(roots, 0, 2) }],
    ["nodes after the last tree", { roots: Uint32Array.of(0) }],
    ["lists of unequal length", { size: size.slice(1) }],
    ["too many trees", { roots: new Uint32Array(10_001) }],
  ] as const
) {
  Deno.test(`checkForest refuses ${what}`, () => {
    assertThrows(() => checkForest({ ...SOUND, ...change }), RangeError, "Cannot use forest");
  });
}

/** The same nodes, whose splits compare both columns. */
const SOUND_OBLIQUE: ObliqueSplits = {
  secondFeature: Uint16Array.of(0, 0, 1, 0, 0, 1, 0, 0),
  weight: Float32Array.of(1, 0, -2, 0, 0, 0.5, 0, 0),
  secondWeight: Float32Array.of(-1, 0, 3, 0, 0, 0.5, 0, 0),
  center: Float32Array.of(0, 7),
};
const { secondFeature, weight, secondWeight } = SOUND_OBLIQUE;

Deno.test("checkForest accepts sound oblique splits and what fitForest makes", () => {
  checkForest({ ...SOUND, oblique: SOUND_OBLIQUE });
  const options = { treeCount: 10, subsampleSize: 64, seed: 1, splits: "oblique" } as const;
  checkForest(fitForest(bellRows(300, 3, 1), options));
});

for (
  const [what, change] of [
    ["a second column past the last", { secondFeature: withNumber(secondFeature, 2, 2) }],
    ["a weight of NaN", { weight: withNumber(weight, 0, NaN) }],
    ["a weight of ∞", { weight: withNumber(weight, 5, Infinity) }],
    ["a weight of 0", { weight: withNumber(weight, 2, 0) }],
    ["a second weight of NaN", { secondWeight: withNumber(secondWeight, 5, NaN) }],
    ["a second weight of −∞", { secondWeight: withNumber(secondWeight, 0, -Infinity) }],
    ["a second weight of −0", { secondWeight: withNumber(secondWeight, 2, -0) }],
    ["a leaf with a second column", { secondFeature: withNumber(secondFeature, 1, 1) }],
    ["a leaf with a weight", { weight: withNumber(weight, 3, 1) }],
    ["a leaf with a second weight of −0", { secondWeight: withNumber(secondWeight, 4, -0) }],
    ["second columns too few", { secondFeature: secondFeature.slice(1) }],
    ["weights too many", { weight: new Float32Array(9) }],
    ["second weights too few", { secondWeight: new Float32Array(0) }],
    ["a center of NaN", { center: Float32Array.of(0, NaN) }],
    ["a center of ∞", { center: Float32Array.of(Infinity, 0) }],
    ["a center too few", { center: Float32Array.of(0) }],
    ["a center too many", { center: new Float32Array(3) }],
  ] as const
) {
  Deno.test(`checkForest refuses oblique splits with ${what}`, () => {
    const forest = { ...SOUND, oblique: { ...SOUND_OBLIQUE, ...change } };
    assertThrows(() => checkForest(forest), RangeError, "Cannot use forest");
  });
}

Deno.test("checkForest refuses oblique splits on a grid", () => {
  const forest = { ...SOUND, oblique: SOUND_OBLIQUE, gridKnots: new Float32Array(34) };
  assertThrows(() => checkForest(forest), RangeError, "its grid must be of axis splits");
});

for (const [height, isSound] of [[64, true], [65, false]] as const) {
  Deno.test(`checkForest ${isSound ? "accepts" : "refuses"} a chain of height ${height}`, () => {
    const chain = chainOf(height);
    if (isSound) checkForest(chain);
    else assertThrows(() => checkForest(chain), RangeError, "higher than 64");
  });
}

/** A tree that isolates one row at each level. */
function chainOf(height: number): Forest {
  const nodes = 2 * height + 1;
  const isSplit = (node: number) => node === 0 || (node % 2 === 0 && node < nodes - 1);
  return {
    featureCount: 1,
    subsampleSize: height + 1,
    roots: Uint32Array.of(0),
    splitFeature: new Uint16Array(nodes),
    splitValue: Float32Array.from({ length: nodes }, (_, node) => isSplit(node) ? node + 1 : 0),
    child: Uint32Array.from({ length: nodes }, (_, node) => isSplit(node) ? node + 1 : 0),
    size: Uint16Array.from(
      { length: nodes },
      (_, node) => node % 2 === 1 ? 1 : height + 1 - node / 2,
    ),
  };
}
