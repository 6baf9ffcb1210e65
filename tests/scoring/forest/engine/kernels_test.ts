import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { averagePathUnits, unitsPerEdge } from "../../../../scoring/forest/average_path.ts";
import {
  createPlainKernel,
  createWasmKernel,
  type ForestKernel,
  plainKernel,
} from "../../../../scoring/forest/engine/mod.ts";
import { kernelBytes } from "../../../../scoring/forest/engine/kernel_bytes.ts";
import { slicedForest } from "../../../../scoring/forest/engine/sliced_forest.ts";
import {
  fitForest,
  type FitOptions,
  type Forest,
  fromMlIsolationForest,
  type Matrix,
  scoreForest,
  scoreRow,
} from "../../../../scoring/forest/mod.ts";
import { createRandom, exp2, type Random } from "../../../../scoring/numeric/mod.ts";
import { bellRows, rowOf } from "../rows.ts";

const KERNELS: Readonly<Record<string, ForestKernel>> = {
  "plain TypeScript, sliced": createPlainKernel(0),
  "plain TypeScript, walked at first": plainKernel,
  "WebAssembly, sliced": createWasmKernel(new WebAssembly.Module(kernelBytes()), 0),
  "WebAssembly, walked at first": createWasmKernel(new WebAssembly.Module(kernelBytes())),
};

/** The paper's recursion over integers: what every kernel must give. */
function referenceSum(forest: Forest, row: Float32Array): number {
  const units = unitsPerEdge(forest);
  const averagePath = averagePathUnits(forest);
  const pathUnits = (node: number, edges: number): number => {
    const left = forest.child[node];
    if (left === 0) return edges * units + averagePath(forest.size[node]);
    const isRight = comparedValue(forest, row, node) >= forest.splitValue[node];
    return pathUnits(isRight ? left + 1 : left, edges + 1);
  };
  return forest.roots.reduce((sum, root) => sum + pathUnits(root, 0), 0);
}

/** What a node compares with its threshold, by the definition of its kind of splits. */
function comparedValue({ splitFeature, oblique }: Forest, row: Float32Array, node: number): number {
  const value = row[splitFeature[node]];
  if (!oblique) return value;
  const secondValue = row[oblique.secondFeature[node]];
  return Math.fround(oblique.weight[node] * value + oblique.secondWeight[node] * secondValue);
}

/** Every kernel gives every row the reference's sum, and the score of that sum bit for bit. */
function agree(forest: Forest, rows: Matrix): void {
  const wanted = Float64Array.from(
    { length: rows.rowCount },
    (_, i) => referenceSum(forest, rowOf(rows, i)),
  );
  const scores: Float64Array[] = [];
  for (const [name, kernel] of Object.entries(KERNELS)) {
    const sums = new Float64Array(rows.rowCount).fill(7);
    kernel.sumRows(forest, rows, sums);
    for (let i = 0; i < sums.length; i++) {
      if (sums[i] !== wanted[i]) {
        throw new Error(`${name}: row ${i} (${rowOf(rows, i)}) has ${sums[i]}, not ${wanted[i]}`);
      }
    }
    const found = new Float64Array(rows.rowCount);
    kernel.scoreRows(forest, rows, found);
    scores.push(found);
    if (rows.rowCount > 0) assertEquals(kernel.scoreRow(forest, rowOf(rows, 0)), found[0]);
    for (let i = 0; i < Math.min(rows.rowCount, 5); i++) {
      const row = rowOf(rows, i);
      assertEquals(kernel.creditRow(forest, row), plainKernel.creditRow(forest, row));
      if (forest.oblique) continue;
      assertEquals(kernel.shapRow(forest, row), plainKernel.shapRow(forest, row));
    }
  }
  for (const other of scores) assertEquals(other, scores[0]);
}

type Source = (random: Random) => number;

const bell: Source = (random) => random.nextFloat() + random.nextFloat() + random.nextFloat() - 1.5;

const SOURCES: Readonly<Record<string, Source>> = {
  bell,
  "few integers": (random) => random.below(5),
  "constant": () => 3,
  "heavy tails": (random) => bell(random) * exp2(40 * bell(random)),
  "the whole of f32": (random) => (random.nextFloat() - 0.5) * exp2(random.below(250) - 125),
  "denormals": (random) => Math.fround((random.below(2000) - 1000) * 1e-45),
  "not numbers among others": (random) =>
    [NaN, Infinity, -Infinity, -0, 0, 3.4028234663852886e38][random.below(12)] ?? bell(random),
  "two heaps far apart": (random) => random.below(2) * 1e30 + bell(random),
  "neighbours among f32 numbers": (random) => Math.fround(1 + random.below(40) * exp2(-23)),
};

function rowsOf(source: Source, rowCount: number, columnCount: number, seed: number): Matrix {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: rowCount * columnCount }, () => source(random));
  return { data, rowCount, columnCount };
}

/** Rows on, just below and just above the forest's thresholds. */
function rowsAtCuts(forest: Forest, rowCount: number, seed: number): Matrix {
  const random = createRandom(seed);
  const rows = rowsOf(bell, rowCount, forest.featureCount, seed);
  const bits = new Int32Array(rows.data.buffer);
  for (let i = 0; i < rows.data.length; i++) {
    const node = random.below(forest.child.length);
    if (forest.child[node] === 0) continue;
    rows.data[i] = forest.splitValue[node];
    if (rows.data[i] !== 0) bits[i] += random.below(3) - 1;
  }
  return rows;
}

const OPTIONS: FitOptions = { treeCount: 40, subsampleSize: 256, seed: 5 };
const SPLIT_KINDS = ["axis", "oblique"] as const;

for (
  const [name, splits] of Object.keys(SOURCES).flatMap((name) =>
    SPLIT_KINDS.map((splits) => [name, splits] as const)
  )
) {
  Deno.test(`all kernels give the recursion's sums for ${name}, ${splits} splits`, () => {
    const source = SOURCES[name];
    const forest = fitForest(rowsOf(source, 900, 3, 1), { ...OPTIONS, splits });
    agree(forest, rowsOf(source, 700, 3, 2));
    agree(forest, rowsOf(SOURCES["not numbers among others"], 300, 3, 3));
    agree(forest, rowsAtCuts(forest, 300, 4));
  });
}

Deno.test("all kernels give the recursion's sums for any forest and rows", () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(SOURCES)),
      fc.record({
        columnCount: fc.integer({ min: 1, max: 9 }),
        trainCount: fc.integer({ min: 1, max: 400 }),
        rowCount: fc.integer({ min: 0, max: 300 }),
        treeCount: fc.integer({ min: 1, max: 24 }),
        subsampleSize: fc.integer({ min: 1, max: 400 }),
        heightLimit: fc.integer({ min: 0, max: 14 }),
        seed: fc.nat(),
        splits: fc.constantFrom(...SPLIT_KINDS),
      }),
      (name, { columnCount, trainCount, rowCount, seed, ...options }) => {
        const forest = fitForest(rowsOf(SOURCES[name], trainCount, columnCount, seed), {
          ...options,
          seed,
        });
        agree(forest, rowsOf(SOURCES[name], rowCount, columnCount, seed + 1));
      },
    ),
    { numRuns: 120 },
  ));

for (
  const rowCount of [0, 1, 19, 20, 21, 95, 96, 127, 128, 129, 279, 280, 511, 512, 513, 529, 900]
) {
  Deno.test(`all kernels agree on ${rowCount} rows`, () => {
    const forest = fitForest(bellRows(600, 5, 1), OPTIONS);
    agree(forest, bellRows(rowCount, 5, rowCount));
  });
}

for (
  const [what, columnCount, options] of [
    ["one column", 1, { treeCount: 300, subsampleSize: 256 }],
    ["1,024 trees", 4, { treeCount: 1024, subsampleSize: 256 }],
    ["as many columns as are sliced", 128, { treeCount: 20, subsampleSize: 256 }],
    ["ψ = 1024", 4, { treeCount: 40, subsampleSize: 1024 }],
  ] as const
) {
  Deno.test(`a forest of ${what} is sliced, and all kernels agree`, () => {
    const forest = fitForest(bellRows(3000, columnCount, 1), { ...options, seed: 1 });
    assert(slicedForest(forest));
    agree(forest, bellRows(200, columnCount, 2));
  });
}

for (
  const [what, columnCount, options] of [
    ["ψ = 4096", 4, { treeCount: 10, subsampleSize: 4096 }],
    ["trees of height 64", 2, { treeCount: 10, subsampleSize: 2000, heightLimit: 64 }],
    ["too many columns to slice", 129, { treeCount: 20, subsampleSize: 256 }],
    ["wider rows than the kernel has room for", 16_385, { treeCount: 9, subsampleSize: 8 }],
    ["trees of too many nodes for 16 bits", 2, {
      treeCount: 2,
      subsampleSize: 20_000,
      heightLimit: 64,
    }],
  ] as const
) {
  Deno.test(`rows walk a forest of ${what}, and all kernels agree`, () => {
    const trainCount = columnCount > 1000 ? 16 : 20_000;
    const forest = fitForest(bellRows(trainCount, columnCount, 1), { ...options, seed: 1 });
    assertEquals(slicedForest(forest), undefined);
    agree(forest, bellRows(columnCount > 1000 ? 3 : 150, columnCount, 2));
  });
}

Deno.test("a forest with finer units than counters hold walks, and all kernels agree", () => {
  const leaf = (...values: number[]) => ({ trainingSet: values.map((value) => [value]) });
  const tree = { splitColumn: 0, splitValue: 2, left: leaf(1), right: leaf(2, 3, 4, 5) };
  const forest = fromMlIsolationForest({
    nEstimators: 1100,
    trainingSet: [[1], [2], [3], [4], [5]],
    forest: Array.from({ length: 1100 }, () => tree),
  });
  assertEquals(slicedForest(forest), undefined);
  agree(forest, bellRows(300, 1, 2));
});

Deno.test("forests that share a kernel keep their own scores, however many they are", () => {
  const forests = Array.from(
    { length: 60 },
    (_, seed) => fitForest(bellRows(300, 2, seed), { treeCount: 30, subsampleSize: 128, seed }),
  );
  for (const round of [1, 2]) for (const forest of forests) agree(forest, bellRows(20, 2, round));
});

Deno.test("a kernel that has no room for more forests forgets them and goes on", () => {
  const kernel = createWasmKernel(new WebAssembly.Module(kernelBytes()), 0);
  const train = bellRows(2000, 3, 1);
  const rows = bellRows(20, 3, 2);
  const forests = Array.from(
    { length: 75 },
    (_, seed) => kernel.fit(train, { treeCount: 300, subsampleSize: 256, heightLimit: 8, seed }),
  );
  for (const forest of [...forests, ...forests.slice(0, 5)]) {
    const sums = new Float64Array(20);
    const wanted = new Float64Array(20);
    kernel.sumRows(forest, rows, sums);
    plainKernel.sumRows(forest, rows, wanted);
    assertEquals(sums, wanted);
  }
});

Deno.test("scoreForest and scoreRow give the same bits at every number of rows", () => {
  const forest = fitForest(bellRows(600, 4, 1), { ...OPTIONS, treeCount: 100 });
  const rows = bellRows(3000, 4, 2);
  const scores = scoreForest(forest, rows);
  for (const count of [1, 20, 130, 300, 600]) {
    const some = { ...rows, rowCount: count, data: rows.data.subarray(0, 4 * count) };
    assertEquals(scoreForest(forest, some), scores.slice(0, count));
  }
  for (let i = 0; i < 100; i++) assertEquals(scoreRow(forest, rowOf(rows, i)), scores[i]);
});

/** Every kernel fits the same forest, bit for bit. */
function fitAlike(matrix: Matrix, options: FitOptions & { readonly heightLimit: number }): void {
  const subsampleSize = Math.min(options.subsampleSize, matrix.rowCount);
  const [plain, ...others] = Object.values(KERNELS).map((kernel) => {
    const { splitValue, ...forest } = kernel.fit(matrix, { ...options, subsampleSize });
    return { ...forest, splitValue: new Uint32Array(splitValue.buffer) };
  });
  for (const other of others) assertEquals(other, plain);
}

Deno.test("all kernels fit the same forest to any rows", () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(SOURCES)),
      fc.record({
        columnCount: fc.integer({ min: 1, max: 9 }),
        rowCount: fc.integer({ min: 1, max: 900 }),
        treeCount: fc.integer({ min: 1, max: 12 }),
        subsampleSize: fc.integer({ min: 1, max: 400 }),
        heightLimit: fc.integer({ min: 0, max: 20 }),
        seed: fc.maxSafeNat(),
        splits: fc.constantFrom(...SPLIT_KINDS),
      }),
      (name, { columnCount, rowCount, ...options }) =>
        fitAlike(rowsOf(SOURCES[name], rowCount, columnCount, 1), options),
    ),
    { numRuns: 150 },
  ));

for (
  const [what, rowCount, columnCount, options] of [
    ["that is copied whole", 9000, 6, { treeCount: 20, subsampleSize: 256 }],
    ["whose chosen rows are copied", 90_000, 2, { treeCount: 20, subsampleSize: 256 }],
    ["with large trees", 9000, 3, { treeCount: 3, subsampleSize: 4096 }],
    ["with large and high trees", 9000, 1, { treeCount: 3, subsampleSize: 4096, heightLimit: 64 }],
    ["with more nodes than are kept at once", 900, 3, { treeCount: 150, subsampleSize: 256 }],
    ["with larger trees than there is room for", 9000, 3, { treeCount: 2, subsampleSize: 5000 }],
    ["with more columns than there is room for", 300, 300, { treeCount: 2, subsampleSize: 256 }],
  ] as const
) {
  Deno.test(`all kernels fit the same forest to a matrix ${what}`, () =>
    fitAlike(bellRows(rowCount, columnCount, 1), { heightLimit: 12, seed: 3, ...options }));
}
