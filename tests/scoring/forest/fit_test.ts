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
  fitForest,
  type FitOptions,
  scoreForest,
} from "../../../scoring/forest/mod.ts";
import { createRandom, createSampler } from "../../../scoring/numeric/mod.ts";
import { bellRows, matrixOf, rowOf } from "./rows.ts";

const OPTIONS: FitOptions = { treeCount: 100, subsampleSize: 256, seed: 7 };

Deno.test("fitForest gives the same forest for the same rows, options and seed", () => {
  const rows = bellRows(2000, 5, 1);
  assertEquals(fitForest(rows, OPTIONS), fitForest(rows, OPTIONS));
  assertNotEquals(fitForest(rows, OPTIONS), fitForest(rows, { ...OPTIONS, seed: 8 }));
});

Deno.test("fitForest grows the first trees of a larger forest", () => {
  const rows = bellRows(500, 3, 1);
  const small = fitForest(rows, { ...OPTIONS, treeCount: 10 });
  const large = fitForest(rows, { ...OPTIONS, treeCount: 20 });
  assertEquals(large.splitValue.slice(0, small.splitValue.length), small.splitValue);
});

Deno.test("fitForest lowers ψ to the number of rows", () => {
  assertEquals(fitForest(bellRows(40, 2, 1), OPTIONS).subsampleSize, 40);
  assertEquals(fitForest(bellRows(400, 2, 1), OPTIONS).subsampleSize, 256);
});

for (
  const [subsampleSize, height] of [[1, 0], [2, 1], [3, 2], [4, 2], [5, 3], [256, 8], [257, 9]]
) {
  Deno.test(`fitForest with ψ = ${subsampleSize} stops at height ${height}`, () => {
    const forest = fitForest(bellRows(1000, 4, 2), { ...OPTIONS, subsampleSize });
    checkForest(forest);
    assertEquals(heightOf(forest.child), height);
  });
}

Deno.test("fitForest takes a height limit of one's own", () => {
  const rows = bellRows(1000, 4, 2);
  assertEquals(heightOf(fitForest(rows, { ...OPTIONS, heightLimit: 3 }).child), 3);
  assertEquals(fitForest(rows, { ...OPTIONS, heightLimit: 0 }).child.length, 100);
});

Deno.test("fitForest isolates each of distinct rows when the height allows", () => {
  const forest = fitForest(bellRows(64, 2, 3), { ...OPTIONS, heightLimit: 64 });
  for (let node = 0; node < forest.child.length; node++) {
    if (forest.child[node] === 0) assertEquals(forest.size[node], 1);
  }
});

Deno.test("fitForest passes over constant columns", () => {
  const rows = matrixOf(Array.from({ length: 100 }, (_, i) => [5, i, -1]), 3);
  const forest = fitForest(rows, OPTIONS);
  for (let node = 0; node < forest.child.length; node++) {
    if (forest.child[node] !== 0) assertEquals(forest.splitFeature[node], 1);
  }
});

Deno.test("fitForest of equal rows gives roots alone, and every row the score ½", () => {
  const rows = matrixOf(Array.from({ length: 300 }, () => [3, 4]), 2);
  const forest = fitForest(rows, OPTIONS);
  assertEquals(forest.child.length, 100);
  for (const score of scoreForest(forest, matrixOf([[3, 4], [99, -99]], 2))) {
    assertAlmostEquals(score, 0.5, 1e-6);
  }
});

Deno.test("fitForest splits neighbours among f32 numbers at the greater", () => {
  const least = Math.fround(1.1);
  const greatest = least + 2 ** -23;
  const forest = fitForest(matrixOf([[least], [greatest]], 1), OPTIONS);
  for (const root of forest.roots) assertEquals(forest.splitValue[root], greatest);
});

Deno.test("fitForest draws each column equally often at the roots", () => {
  const forest = fitForest(bellRows(300, 4, 5), { ...OPTIONS, treeCount: 4000 });
  const counts = [0, 0, 0, 0];
  for (const root of forest.roots) counts[forest.splitFeature[root]]++;
  // Five standard deviations of a binomial of 4,000 draws at ¼.
  for (const count of counts) assert(Math.abs(count - 1000) < 137);
});

Deno.test("fitForest draws thresholds evenly between least and greatest", () => {
  const rows = matrixOf([[0], [1]], 1);
  const forest = fitForest(rows, { ...OPTIONS, treeCount: 4000, subsampleSize: 2 });
  const below = forest.splitValue.filter((value, i) => forest.child[i] !== 0 && value < 0.25);
  assert(Math.abs(below.length - 1000) < 137);
});

Deno.test("fitForest keeps thresholds finite and both sides filled whatever the rows hold", () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.float(), fc.float()), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 0, max: 1000 }),
      (rows, seed) => {
        const matrix = matrixOf(rows, 2);
        const forest = fitForest(matrix, { treeCount: 5, subsampleSize: 16, seed });
        checkForest(forest);
        assert(scoreForest(forest, matrix).every((score) => score > 0 && score <= 1));
      },
    ),
  ));

Deno.test("fitForest scores far rows above near ones", () => {
  const rows = bellRows(5000, 4, 9);
  const forest = fitForest(rows, OPTIONS);
  const [near, far] = scoreForest(forest, matrixOf([[0, 0, 0, 0], [8, -8, 8, -8]], 4));
  assert(near < 0.45);
  assert(far > 0.75);
});

for (
  const [field, change] of [
    ["treeCount", { treeCount: 0 }],
    ["treeCount", { treeCount: 10_001 }],
    ["treeCount", { treeCount: 1.5 }],
    ["subsampleSize", { subsampleSize: 0 }],
    ["subsampleSize", { subsampleSize: 65_536 }],
    ["subsampleSize", { subsampleSize: NaN }],
    ["heightLimit", { heightLimit: -1 }],
    ["heightLimit", { heightLimit: 65 }],
    ["seed", { seed: -1 }],
  ] as const
) {
  Deno.test(`fitForest refuses ${JSON.stringify(change)} by name`, () => {
    assertThrows(() => fitForest(bellRows(9, 1, 1), { ...OPTIONS, ...change }), RangeError, field);
  });
}

for (
  const [field, rowCount, columnCount, length] of [
    ["rowCount", 0, 2, 0],
    ["columnCount", 2, 0, 0],
    ["data", 2, 2, 3],
    ["columnCount", 1, 65_536, 65_536],
  ] as const
) {
  Deno.test(`fitForest refuses ${length} values as ${rowCount} × ${columnCount}`, () => {
    const matrix = { data: new Float32Array(length), rowCount, columnCount };
    assertThrows(() => fitForest(matrix, OPTIONS), RangeError, field);
  });
}

Deno.test("a sampler draws distinct numbers, each equally often", () => {
  const sampler = createSampler(20);
  const random = createRandom(3);
  const chosen = new Uint32Array(5);
  const counts = new Array(20).fill(0);
  for (let round = 0; round < 8000; round++) {
    sampler.fill(chosen, random);
    assertEquals(new Set(chosen).size, 5);
    for (const number of chosen) counts[number]++;
  }
  for (const count of counts) assert(Math.abs(count - 2000) < 200);
});

Deno.test("a sampler that takes all takes each once", () => {
  const chosen = new Uint32Array(7);
  createSampler(7).fill(chosen, createRandom(1));
  assertEquals([...chosen].sort(), [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("fitForest does not change its rows", () => {
  const rows = bellRows(300, 2, 1);
  const before = rows.data.slice();
  fitForest(rows, OPTIONS);
  assertEquals(rows.data, before);
  assertEquals(rowOf(rows, 1).length, 2);
});

function heightOf(child: Uint32Array): number {
  const heights = new Uint8Array(child.length);
  child.forEach((left, node) => {
    if (left !== 0) heights[left] = heights[left + 1] = heights[node] + 1;
  });
  return Math.max(...heights);
}
