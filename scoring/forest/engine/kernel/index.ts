// The face of the kernel: what the engine calls.

import { COUNTERS, SLOT_BYTES, SLOTS } from "./memory";
import { markFeature } from "./ranks";
import { readCounters } from "./counters";
import { addPlanes, splitRows } from "./trees";

export { CREDITS, IMAGES, POINTS, ROWS, SCORES, SUMS, VALUES } from "./memory";
export { creditTrees } from "./credits";
export { shapTrees } from "./shap";
export { growTree } from "./fit";
export { preparePackings } from "./partition";
export { seedRandom } from "./random";
export { sampleRows } from "./sample";
export { CHOSEN, FIT_BITS } from "./memory";
export { scoreSums } from "./scores";
export { walkTrees } from "./walk";

// A block's type stands for its width: as many vectors of 128 rows as it has bytes.
type Block512 = u32;
type Block128 = u8;

// Words of an image's header times four; `image.ts` of the engine writes them.
const FEATURE_COUNT: usize = 0;
const TREE_COUNT: usize = 4;
const PLANE_COUNT: usize = 8;
const COUNTER_COUNT: usize = 12;
const PROGRAM: usize = 16;
const RECORDS: usize = 20;
const RECORD_BYTES: usize = 48;

/** Adds the path units of up to 512 rows at `ROWS` over a group's trees to `SUMS`. */
export function addPathUnits512(image: usize, columnCount: i32, rowCount: i32): void {
  addPathUnits<Block512>(image, columnCount, rowCount);
}

/** The same for up to 128 rows, in less time. */
export function addPathUnits128(image: usize, columnCount: i32, rowCount: i32): void {
  addPathUnits<Block128>(image, columnCount, rowCount);
}

function addPathUnits<Block>(image: usize, columnCount: i32, rowCount: i32): void {
  const recordsEnd = image + RECORDS + <usize> load<u32>(image, FEATURE_COUNT) * RECORD_BYTES;
  for (let record = image + RECORDS; record < recordsEnd; record += RECORD_BYTES) {
    markFeature<Block>(image, record, columnCount, rowCount);
  }
  memory.fill(COUNTERS, 0, 32 * SLOT_BYTES);
  memory.fill(SLOTS, 0, SLOT_BYTES);
  memory.fill(SLOTS + SLOT_BYTES, 255, SLOT_BYTES);
  const planeCount = load<i32>(image, PLANE_COUNT);
  const counterCount = load<i32>(image, COUNTER_COUNT);
  let program = image + load<u32>(image, PROGRAM);
  for (let tree = load<i32>(image, TREE_COUNT); tree > 0; tree--) {
    program = splitRows<Block>(program);
    program = addPlanes<Block>(program, planeCount, counterCount);
  }
  readCounters(rowCount);
}
