import { findAlgorithm } from "../../scoring/algorithm/mod.ts";
import { createRandom } from "../../scoring/numeric/mod.ts";

/** Memory that scorers hold before and after a million points; needs `--expose-gc`. */
const TRAINING_ROWS = 1_000;
const POINTS = 1_000_000;

const [name, columns] = Deno.args;
const columnCount = Number(columns);
const random = createRandom(7);
const row = new Float32Array(columnCount);

function nextRow(index: number): Float32Array {
  for (let column = 0; column < columnCount; column++) {
    row[column] = Math.abs(index % 288 - 144) / 10 + column + random.nextFloat();
  }
  return row;
}

const data = new Float32Array(TRAINING_ROWS * columnCount);
for (let index = 0; index < TRAINING_ROWS; index++) data.set(nextRow(index), index * columnCount);
const training = { data, rowCount: TRAINING_ROWS, columnCount };
const scorer = findAlgorithm(name)!.fit(training, { seed: 1, rowMs: 300_000 }).open();

function heldBytes(): number {
  (globalThis as unknown as { gc(): void }).gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

const rows = Math.ceil(POINTS / columnCount);
// All that a scorer keeps is there once its memory is full.
const warmRows = 10_000;
for (let index = 0; index < warmRows; index++) scorer.push(nextRow(index));
const before = heldBytes();
for (let index = 0; index < rows; index++) scorer.push(nextRow(warmRows + index));
console.log(heldBytes() - before);
