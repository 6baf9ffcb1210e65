import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import * as fc from "fast-check";
import {
  checkForest,
  explainRow,
  featureImportance,
  fitForest,
  fitGridForest,
  type FitOptions,
  type Forest,
  type Matrix,
  pathLengthSum,
  saturationScore,
  scoreForest,
  scoreRow,
  shapRow,
  SplitKindError,
  unitsPerEdge,
} from "../../../scoring/forest/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";
import { bellRows, matrixOf, rowOf } from "./rows.ts";

const OPTIONS: FitOptions = { treeCount: 100, subsampleSize: 256, seed: 7, splits: "oblique" };

/** A root that compares w₁ · first + w₂ · second with a threshold: leaves of 1 and 3 rows. */
function stump(weights: readonly [number, number], threshold = 1): Forest {
  return {
    featureCount: 2,
    subsampleSize: 4,
    roots: Uint32Array.of(0),
    splitFeature: Uint16Array.of(0, 0, 0),
    splitValue: Float32Array.of(threshold, 0, 0),
    child: Uint32Array.of(1, 0, 0),
    size: Uint16Array.of(4, 3, 1),
    oblique: {
      secondFeature: Uint16Array.of(1, 0, 0),
      weight: Float32Array.of(weights[0], 0, 0),
      secondWeight: Float32Array.of(weights[1], 0, 0),
      center: Float32Array.of(0, 0),
    },
  };
}

/** In a stump the path to the right is one edge. */
function goesRight(forest: Forest, row: readonly number[]): boolean {
  return pathLengthSum(forest, Float32Array.from(row)) === unitsPerEdge(forest);
}

const MOST = 3.4028234663852886e38;

for (
  const [weights, row, isRight] of [
    [[1, 1], [0.5, 0.5], true],
    [[1, 1], [0.5, 0.4999999], false],
    [[1, -1], [3, 2], true],
    [[1, -1], [2, 3], false],
    [[1, 1], [NaN, 9], false],
    [[1, 1], [9, NaN], false],
    [[1, 1], [Infinity, -9], true],
    [[-1, 1], [Infinity, 9], false],
    [[1, -1], [0, -Infinity], true],
    [[1, 1], [Infinity, -Infinity], false],
    [[-1, -1], [-Infinity, -Infinity], true],
    [[1, 1], [Infinity, NaN], false],
    // Sums beyond f32 are infinite, whose difference would be NaN if it were taken in f32.
    [[MOST, -MOST], [MOST, MOST], false],
    [[MOST, -MOST], [MOST, 1], true],
    [[MOST, MOST], [-MOST, 1], false],
    // Products are exact: in f32 they would both be 0, or both round to 1.
    [[1e-30, 1e-30], [1e-30, MOST], true],
    [[1 + 2 ** -23, -1], [1 + 2 ** -23, 2 ** -22], true],
  ] as const
) {
  Deno.test(`${row} times ${weights} goes ${isRight ? "right" : "left"} at 1`, () => {
    assertEquals(goesRight(stump(weights), row), isRight);
    const [first, second] = weights;
    // The order of the two columns does not matter.
    assertEquals(goesRight(stump([second, first]), [row[1], row[0]]), isRight);
  });
}

Deno.test("fitForest with oblique splits gives the same forest for the same arguments", () => {
  const rows = bellRows(2000, 5, 1);
  assertEquals(fitForest(rows, OPTIONS), fitForest(rows, OPTIONS));
  assertNotEquals(fitForest(rows, { ...OPTIONS, seed: 8 }), fitForest(rows, OPTIONS));
});

Deno.test("fitForest without oblique splits has none, as before", () => {
  const rows = bellRows(300, 3, 1);
  const { splits: _, ...options } = OPTIONS;
  const forest = fitForest(rows, options);
  assertEquals("oblique" in forest, false);
  assertEquals(fitForest(rows, { ...options, splits: "axis" }), forest);
});

Deno.test("fitForest with oblique splits measures columns in their deviations", () => {
  const bell = bellRows(1000, 2, 3);
  const scaled = { ...bell, data: bell.data.map((value, i) => i % 2 === 0 ? value : value * 1024) };
  assertEquals(
    scoreForest(fitForest(scaled, OPTIONS), scaled),
    scoreForest(fitForest(bell, OPTIONS), bell),
  );
});

Deno.test("fitForest with oblique splits passes over constant columns", () => {
  const rows = matrixOf(Array.from({ length: 100 }, (_, i) => [5, i, -1, i * 37 % 100]), 4);
  const { child, splitFeature, oblique } = fitForest(rows, OPTIONS);
  for (let node = 0; node < child.length; node++) {
    if (child[node] === 0) continue;
    assert([1, 3].includes(splitFeature[node]));
    assert([1, 3].includes(oblique?.secondFeature[node] ?? 0));
  }
});

Deno.test("fitForest with oblique splits takes one column alone where no other is left", () => {
  const rows = matrixOf(Array.from({ length: 100 }, (_, i) => [5, i]), 2);
  const { child, splitFeature, oblique } = fitForest(rows, OPTIONS);
  for (let node = 0; node < child.length; node++) {
    if (child[node] === 0) continue;
    assertEquals([splitFeature[node], oblique?.secondFeature[node]], [1, 1]);
    assertEquals([oblique?.weight[node], oblique?.secondWeight[node]], [0.5, 0.5]);
  }
});

Deno.test("fitForest with oblique splits isolates rows that never have both columns", () => {
  const rows = matrixOf(Array.from({ length: 64 }, (_, i) => i % 2 ? [NaN, i] : [i, NaN]), 2);
  const forest = fitForest(rows, { ...OPTIONS, heightLimit: 64 });
  checkForest(forest);
  assert(forest.child.some((left) => left !== 0));
});

/** Share of inner nodes that compare two columns. */
function shareOfPairs({ child, splitFeature, oblique }: Forest): number {
  let pairs = 0;
  let splits = 0;
  for (let node = 0; node < child.length; node++) {
    if (child[node] === 0) continue;
    splits++;
    if (splitFeature[node] !== oblique?.secondFeature[node]) pairs++;
  }
  return pairs / splits;
}

for (
  const [what, valueAt] of [
    ["some are missing", (value: number, i: number) => i % 7 === 0 ? NaN : value],
    ["some are infinite", (value: number, i: number) => i % 7 === 0 ? Infinity : value],
    ["they are denormal", (value: number) => Math.round(value * 100) * 2 ** -149],
    ["they fill all of f32", (value: number) => value * 1e38],
  ] as const
) {
  Deno.test(`fitForest draws splits of two columns where ${what}`, () => {
    const bell = bellRows(300, 3, 6);
    const forest = fitForest({ ...bell, data: bell.data.map(valueAt) }, OPTIONS);
    checkForest(forest);
    assert(shareOfPairs(forest) > 0.5);
    // Deeper nodes may be of rows that are all finite; roots are not.
    const { roots, splitFeature, oblique } = forest;
    for (const root of roots) assertNotEquals(splitFeature[root], oblique?.secondFeature[root]);
  });
}

Deno.test("weights are no denormal numbers, however far values are apart", () => {
  const bell = bellRows(300, 2, 6);
  const rows = { ...bell, data: bell.data.map((value) => value < 0 ? -MOST : MOST) };
  const { child, oblique } = fitForest(rows, OPTIONS);
  child.forEach((left, node) => left && assert(Math.abs(oblique?.weight[node] ?? 0) >= 2 ** -126));
});

Deno.test("fitForest draws another direction where the sums of one are constant", () => {
  // Sums of about 2²⁴ deviations: many directions round both rows to the same f32.
  const rows = matrixOf([[1 + 2 ** -23, 1], [1, 1 + 2 ** -23]], 2);
  const share = shareOfPairs(fitForest(rows, { ...OPTIONS, treeCount: 1000 }));
  assert(share > 0.98 && share < 1);
});

Deno.test("fitForest with oblique splits isolates each of distinct rows", () => {
  const forest = fitForest(bellRows(64, 3, 3), { ...OPTIONS, heightLimit: 64 });
  forest.child.forEach((left, node) => left === 0 && assertEquals(forest.size[node], 1));
});

const ANY_ROWS = fc.array(fc.tuple(fc.float(), fc.float(), fc.float()), {
  minLength: 1,
  maxLength: 40,
});

Deno.test("oblique forests are sound whatever the rows hold, and their scores within (0, 1]", () =>
  fc.assert(
    fc.property(ANY_ROWS, fc.integer({ min: 0, max: 1000 }), (rows, seed) => {
      const matrix = matrixOf(rows, 3);
      const forest = fitForest(matrix, { ...OPTIONS, treeCount: 5, subsampleSize: 16, seed });
      checkForest(forest);
      const saturation = saturationScore(forest);
      for (const score of scoreForest(forest, matrix)) {
        assert(score > 0 && score <= 1 && score <= saturation);
      }
    }),
  ));

Deno.test("training rows of an oblique forest reach leaves of the sizes that they made", () =>
  fc.assert(
    fc.property(ANY_ROWS, fc.integer({ min: 0, max: 1000 }), (rows, seed) => {
      const matrix = matrixOf(rows, 3);
      // Each tree has seen all rows.
      const forest = fitForest(matrix, { ...OPTIONS, treeCount: 3, subsampleSize: 40, seed });
      const visits = new Uint16Array(forest.child.length);
      for (let i = 0; i < rows.length; i++) {
        for (const root of forest.roots) countVisits(forest, root, rowOf(matrix, i), visits);
      }
      assertEquals(visits, forest.size);
    }),
  ));

function countVisits(forest: Forest, node: number, row: Float32Array, visits: Uint16Array): void {
  visits[node]++;
  const { child, splitFeature, splitValue, oblique } = forest;
  if (child[node] === 0 || !oblique) return;
  const sum = Math.fround(
    oblique.weight[node] * row[splitFeature[node]] +
      oblique.secondWeight[node] * row[oblique.secondFeature[node]],
  );
  countVisits(forest, child[node] + (sum >= splitValue[node] ? 1 : 0), row, visits);
}

/**
 * Two columns that go together, and one row in a hundred where they go against each other: neither
 * column of it is far from its middle, nor so near that it is ordinary after all. Other columns say
 * nothing.
 */
function coupledRows(others: number, seed: number): { rows: Matrix; isOff: readonly boolean[] } {
  const random = createRandom(seed);
  const rowCount = 2000;
  const columnCount = 2 + others;
  const { data } = bellRows(rowCount, columnCount, seed);
  const bell = bellRows(rowCount, 1, 1000 + seed).data;
  const isOff = Array.from({ length: rowCount }, () => random.below(100) === 0);
  isOff.forEach((off, row) => {
    const against = (0.6 + 0.9 * random.nextFloat()) * (bell[row] < 0 ? -1 : 1);
    const [first, second] = off ? [against, -against] : [bell[row], bell[row]];
    const at = row * columnCount;
    data[at] = first + 0.15 * data[at];
    data[at + 1] = second + 0.15 * data[at + 1];
  });
  return { rows: { data, rowCount, columnCount }, isOff };
}

/** Share of pairs of an anomaly and an ordinary row whose scores are in the right order. */
function areaUnderCurve(scores: Float64Array, isOff: readonly boolean[]): number {
  let right = 0;
  let pairs = 0;
  for (let i = 0; i < scores.length; i++) {
    for (let j = 0; j < scores.length; j++) {
      if (!isOff[i] || isOff[j]) continue;
      right += scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      pairs++;
    }
  }
  return right / pairs;
}

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

// Means as docs/oblique_splits.md has them.
for (
  const [others, axisMean, obliqueMean, betterCount] of [
    [0, 0.956, 0.977, 20],
    [2, 0.770, 0.828, 19],
    [6, 0.610, 0.633, 14],
  ] as const
) {
  Deno.test(`oblique splits rank rows off the diagonal higher, beside ${others} columns`, () => {
    const areas = SEEDS.map((seed) => {
      const { rows, isOff } = coupledRows(others, seed);
      return (["axis", "oblique"] as const).map((splits) =>
        areaUnderCurve(scoreForest(fitForest(rows, { ...OPTIONS, seed, splits }), rows), isOff)
      );
    });
    const mean = (kind: number) => areas.reduce((sum, both) => sum + both[kind], 0) / SEEDS.length;
    assertAlmostEquals(mean(0), axisMean, 0.0005);
    assertAlmostEquals(mean(1), obliqueMean, 0.0005);
    assertEquals(areas.filter(([axis, oblique]) => oblique > axis).length, betterCount);
  });
}

Deno.test("oblique contributions add up to expected minus mean path length", () => {
  const rows = bellRows(400, 6, 4);
  rows.data.set([NaN, Infinity, -Infinity, MOST, -MOST, 0, Infinity, Infinity, NaN, NaN, 0, 0]);
  const forest = fitForest(rows, { ...OPTIONS, treeCount: 64, subsampleSize: 128 });
  for (let i = 0; i < rows.rowCount; i++) {
    const row = rowOf(rows, i);
    const { base, contributions } = explainRow(forest, row);
    const mean = pathLengthSum(forest, row) / unitsPerEdge(forest) / forest.roots.length;
    // 64 trees: all are whole multiples of 2⁻³⁰, which f64 adds without rounding.
    assertEquals(contributions.reduce((sum, value) => sum + value, 0), base - mean);
  }
});

Deno.test("of many columns the one that is off contributes most", () => {
  const forest = fitForest(bellRows(4000, 5, 4), { ...OPTIONS, treeCount: 200 });
  const { contributions } = explainRow(forest, Float32Array.of(0, 0, 0, 9, 0));
  assert(contributions[3] > 1);
  contributions.forEach((value, i) => assert(i === 3 || value < contributions[3] / 4));
});

for (
  const [row, share] of [
    [[3, 1], 0.75],
    [[3, -3], 0.5],
    [[0, 5], 0],
    [[Infinity, 5], 1],
    [[5, NaN], 0],
    [[NaN, -Infinity], 0.5],
    [[0, 0], 0.5],
  ] as const
) {
  Deno.test(`the first column of ${row} has ${share} of a split's credit`, () => {
    const { base, contributions } = explainRow(stump([1, 1]), Float32Array.from(row));
    const mean = pathLengthSum(stump([1, 1]), Float32Array.from(row)) / 8192;
    assertAlmostEquals(contributions[0], share * (base - mean), 1e-7);
    assertEquals(contributions[0] + contributions[1], base - mean);
  });
}

Deno.test("shapRow refuses a forest with oblique splits by its own error", () => {
  const row = Float32Array.of(0, 0);
  assertThrows(() => shapRow(stump([1, 1]), row), SplitKindError, "they are oblique");
});

Deno.test("featureImportance of oblique splits is the mean of what explainRow says", () => {
  const forest = fitForest(bellRows(500, 4, 1), { ...OPTIONS, treeCount: 20 });
  const rows = bellRows(7, 4, 2);
  const wanted = [0, 0, 0, 0];
  for (let i = 0; i < 7; i++) {
    explainRow(forest, rowOf(rows, i)).contributions.forEach((value, feature) =>
      wanted[feature] += Math.abs(value) / 7
    );
  }
  featureImportance(forest, rows).forEach((value, i) =>
    assertAlmostEquals(value, wanted[i], 1e-12)
  );
});

Deno.test("fitForest refuses another kind of splits, and fitGridForest oblique ones", () => {
  const rows = bellRows(9, 2, 1);
  const options = JSON.parse('{"treeCount":1,"subsampleSize":9,"seed":1,"splits":"curved"}');
  assertThrows(() => fitForest(rows, options), RangeError, "splits");
  assertThrows(() => fitGridForest(rows, OPTIONS), RangeError, "grid");
});

Deno.test("an oblique forest gives golden bits", () => {
  const rows = bellRows(500, 3, 11);
  const forest = fitForest(rows, { ...OPTIONS, treeCount: 20, subsampleSize: 64 });
  const row = Float32Array.of(1, -2, 3);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, scoreRow(forest, row));
  assertEquals(bits.getBigUint64(0).toString(16), "3fe3892832fd322c");
});
