// Growing trees, as `scoring/forest/sample.ts` and `grow_tree.ts` do, draw for draw. The memory of
// masks serves, as nothing is scored meanwhile.

import { CHOSEN, FIT_BITS, FIT_FEATURES, FIT_NODES, FIT_ROWS, ROWS } from "./memory";
import { below, nextFloat } from "./random";

export { seedRandom } from "./random";

// Nodes as parallel arrays of 8,192 each, at these distances.
const SPLIT_VALUE: usize = 0;
const CHILD: usize = 32_768;
const SPLIT_FEATURE: usize = 65_536;
const SIZE: usize = 81_920;
const START: usize = 98_304;
const HEIGHT: usize = 114_688;

/** Floyd's sampling: writes `count` distinct numbers below `total` to `CHOSEN`. */
export function sampleRows(total: i32, count: i32): void {
  const first = total - count;
  for (let i = 0; i < count; i++) {
    const drawn = <i32> below(first + i + 1);
    const isTaken = (load<u8>(FIT_BITS + (drawn >> 3)) >> <u8> (drawn & 7)) & 1;
    const taken = isTaken ? first + i : drawn;
    store<i32>(CHOSEN + (i << 2), taken);
    const byte = FIT_BITS + (taken >> 3);
    store<u8>(byte, load<u8>(byte) | (<u8> 1 << <u8> (taken & 7)));
  }
  for (let i = 0; i < count; i++) {
    store<u8>(FIT_BITS + (load<i32>(CHOSEN + (i << 2)) >> 3), 0);
  }
}

/**
 * Grows a tree on the chosen rows of a matrix, or where there is none on the rows at `ROWS`; how
 * many nodes it has. Rows are known by their addresses and never moved: a tree's stay in a
 * first-level cache.
 */
export function growTree(
  matrix: usize,
  rowCount: i32,
  columnCount: i32,
  heightLimit: i32,
): i32 {
  const rowBytes = columnCount << 2;
  for (let i = 0; i < rowCount; i++) {
    const address = matrix == 0
      ? ROWS + i * rowBytes
      : matrix + load<i32>(CHOSEN + (i << 2)) * rowBytes;
    store<u32>(FIT_ROWS + (i << 2), address);
  }
  for (let i = 0; i < columnCount; i++) store<u16>(FIT_FEATURES + (i << 1), <u16> i);
  store<u16>(FIT_NODES, <u16> rowCount, SIZE);
  store<u16>(FIT_NODES, 0, START);
  store<u8>(FIT_NODES, 0, HEIGHT);
  let count = 1;
  for (let node = 0; node < count; node++) {
    const word = FIT_NODES + (node << 2);
    const half = FIT_NODES + (node << 1);
    store<f32>(word, 0, SPLIT_VALUE);
    store<i32>(word, 0, CHILD);
    store<u16>(half, 0, SPLIT_FEATURE);
    const size = <i32> load<u16>(half, SIZE);
    const height = load<u8>(FIT_NODES + node, HEIGHT);
    if (<i32> height >= heightLimit || size < 2) continue;
    const rows = FIT_ROWS + (<usize> load<u16>(half, START) << 2);
    const end = rows + (size << 2);
    const feature = drawSplit(rows, end, columnCount);
    if (feature < 0) continue;
    const middle = partition(rows, end, feature << 2, threshold);
    store<f32>(word, threshold, SPLIT_VALUE);
    store<i32>(word, count, CHILD);
    store<u16>(half, <u16> feature, SPLIT_FEATURE);
    const left = FIT_NODES + (count << 1);
    store<u16>(left, <u16> ((rows - FIT_ROWS) >> 2), START);
    store<u16>(left, <u16> ((middle - FIT_ROWS) >> 2), START + 2);
    store<u16>(left, <u16> ((middle - rows) >> 2), SIZE);
    store<u16>(left, <u16> ((end - middle) >> 2), SIZE + 2);
    store<u8>(FIT_NODES + count, height + 1, HEIGHT);
    store<u8>(FIT_NODES + count, height + 1, HEIGHT + 1);
    count += 2;
  }
  return count;
}

/** Of the split that was drawn last. */
let threshold: f32 = 0;

/** The column to split at, or −1 when all are constant. */
function drawSplit(rows: usize, end: usize, columnCount: i32): i32 {
  for (let left = columnCount; left > 0; left--) {
    const drawn = FIT_FEATURES + (below(left) << 1);
    const feature = <i32> load<u16>(drawn);
    if (drawThreshold(rows, end, feature << 2)) return feature;
    const last = FIT_FEATURES + ((left - 1) << 1);
    store<u16>(drawn, load<u16>(last));
    store<u16>(last, <u16> feature);
  }
  return -1;
}

/** Draws a threshold in a column's range over some rows; false where it is constant. */
function drawThreshold(rows: usize, end: usize, column: i32): bool {
  let least0 = f32x4.splat(<f32> Infinity);
  let least1 = least0;
  let greatest0 = f32x4.splat(<f32> -Infinity);
  let greatest1 = greatest0;
  let at = rows;
  for (; at + 4 < end; at += 8) {
    const value0 = finite(v128.load32_zero(column + load<u32>(at)));
    const value1 = finite(v128.load32_zero(column + load<u32>(at, 4)));
    least0 = f32x4.pmin(least0, value0);
    greatest0 = f32x4.pmax(greatest0, value0);
    least1 = f32x4.pmin(least1, value1);
    greatest1 = f32x4.pmax(greatest1, value1);
  }
  if (at < end) {
    const value = finite(v128.load32_zero(column + load<u32>(at)));
    least0 = f32x4.pmin(least0, value);
    greatest0 = f32x4.pmax(greatest0, value);
  }
  const least = f32x4.extract_lane(f32x4.pmin(least0, least1), 0);
  const greatest = f32x4.extract_lane(f32x4.pmax(greatest0, greatest1), 0);
  if (!(least < greatest)) return false;
  const range = <f64> greatest - <f64> least;
  const drawn = <f32> (<f64> least + nextFloat() * range);
  threshold = drawn > least ? drawn : greatest + 0;
  return true;
}

/** NaN for what is not finite; pmin and pmax of this order pass over it. */
// @ts-ignore: decorator
@inline
function finite(value: v128): v128 {
  return f32x4.add(value, f32x4.sub(value, value));
}

/** Puts the rows that go left before the others; where the others begin. */
function partition(rows: usize, end: usize, column: i32, split: f32): usize {
  let left = rows;
  for (let at = rows; at < end; at += 4) {
    const row = load<u32>(at);
    store<u32>(at, load<u32>(left));
    store<u32>(left, row);
    left += 4 - (<usize> (load<f32>(column + row) >= split) << 2);
  }
  return left;
}
