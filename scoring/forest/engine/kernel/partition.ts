// Splitting a node's rows: four are compared and moved at a time. The rows of a level lie apart
// from those of the level above, those of left children apart from those of right ones; each node's
// are followed by repetitions of its first up to a multiple of four.

import { FIT_PACKINGS, FIT_ROWS, FIT_VALUES } from "./memory";

/** Room for the rows of a level's left or right children: at worst two in a place of four. */
const SIDE_BYTES: usize = 32_768;

/** Where the rows of the next left and right child lie. */
export let leftRows: usize = 0;
export let rightRows: usize = 0;

/** Begins with the children of a level. */
export function openLevel(height: i32): void {
  leftRows = FIT_ROWS + <usize> (height & 1) * (2 * SIDE_BYTES);
  rightRows = leftRows + SIDE_BYTES;
}

/** Makes the table of packings: for each set of four places, where its members come from, packed. */
export function preparePackings(): void {
  for (let set = 0; set < 16; set++) {
    let to = FIT_PACKINGS + (set << 4);
    for (let place = 0; place < 4; place++) {
      // The bytes of a place are four successive numbers.
      store<u32>(to, 0x03020100 + place * 0x04040404);
      to += ((set >> place) & 1) << 2;
    }
  }
}

/**
 * Gives the rows of a node to its children, by the values that were read last; how many go right.
 * Both children have some.
 */
export function splitNode(rows: usize, size: i32, threshold: f32): i32 {
  const split = f32x4.splat(threshold);
  const end = rows + (size << 2);
  let left = leftRows;
  let right = rightRows;
  let value = FIT_VALUES;
  for (let at = rows; at < end; at += 16, value += 16) {
    const goRight = i32x4.bitmask(f32x4.ge(v128.load(value), split));
    const four = v128.load(at);
    v128.store(left, packed(four, goRight ^ 15));
    v128.store(right, packed(four, goRight));
    const rightBytes = popcnt(goRight) << 2;
    left += 16 - rightBytes;
    right += rightBytes;
  }
  const rightCount = <i32> ((right - rightRows) >> 2) - repeatedRight(size, threshold);
  leftRows = closed(leftRows, size - rightCount);
  rightRows = closed(rightRows, rightCount);
  return rightCount;
}

/** As `splitNode`, of children whose rows nobody needs. */
export function countRight(size: i32, threshold: f32): i32 {
  const split = f32x4.splat(threshold);
  const end = FIT_VALUES + (size << 2);
  let count = 0;
  for (let value = FIT_VALUES; value < end; value += 16) {
    count += popcnt(i32x4.bitmask(f32x4.ge(v128.load(value), split)));
  }
  return count - repeatedRight(size, threshold);
}

// @ts-ignore: decorator
@inline
function packed(four: v128, set: i32): v128 {
  return i8x16.swizzle(four, v128.load(FIT_PACKINGS + (set << 4)));
}

/** Repetitions of the first row that went right: they go with it. */
// @ts-ignore: decorator
@inline
function repeatedRight(size: i32, threshold: f32): i32 {
  return (-size & 3) * i32(load<f32>(FIT_VALUES) >= threshold);
}

/** Repeats a child's first row after its last; where the next child begins. */
// @ts-ignore: decorator
@inline
function closed(rows: usize, size: i32): usize {
  // One that is not split again needs no room.
  if (size < 2) return rows;
  v128.store(rows + (size << 2), v128.load32_splat(rows));
  return rows + (((size + 3) >> 2) << 4);
}
