/** Micro-benchmarks: `deno bench -A tests/bench/forest/kernels_bench.ts`. */
import { createWasmKernel, plainKernel } from "../../../scoring/forest/engine/mod.ts";
import { kernelBytes } from "../../../scoring/forest/engine/kernel_bytes.ts";
import { slicedForest } from "../../../scoring/forest/engine/sliced_forest.ts";
import { bellRows, rowOf } from "../../scoring/forest/rows.ts";

const SHAPE = { treeCount: 100, subsampleSize: 256, heightLimit: 8, seed: 1 };
const KERNELS = {
  "WebAssembly": createWasmKernel(new WebAssembly.Module(kernelBytes()), 0),
  "plain TypeScript": plainKernel,
};
const train = bellRows(10_000, 10, 1);
const rows = bellRows(4096, 10, 2);
const forest = plainKernel.fit(train, SHAPE);

for (const [name, kernel] of Object.entries(KERNELS)) {
  for (const rowCount of [24, 64, 512, 4096]) {
    const some = { ...rows, rowCount, data: rows.data.subarray(0, 10 * rowCount) };
    const scores = new Float64Array(rowCount);
    Deno.bench(`${name}: score ${rowCount} rows`, () => kernel.scoreRows(forest, some, scores));
  }
  let row = 0;
  Deno.bench(`${name}: score one row`, () => {
    kernel.scoreRow(forest, rowOf(rows, row++ % rows.rowCount));
  });
  Deno.bench(`${name}: fit on 10,000 rows`, () => {
    kernel.fit(train, SHAPE);
  });
}

Deno.bench("slice a forest", () => {
  slicedForest({ ...forest });
});
