// Step 1: the rank of each value among its feature's cuts, and from it one mask of rows per cut.

import { MASKS, ROWS } from "./memory";

// Words of a feature's record times four; `image.ts` of the engine writes them.
const COLUMN: usize = 0;
const FIRST_MASK: usize = 4;
const CUT_COUNT: usize = 8;
const LEVELS: usize = 12;
const LEVEL_PLACES: usize = 16;
const CELLS: usize = 32;
const LOW: usize = 36;
const SCALE: usize = 40;
const LAST: usize = 44;

/** Makes the masks of one feature: for each cut, the rows at or above it. */
export function markFeature<Block>(
  image: usize,
  record: usize,
  columnCount: i32,
  rowCount: i32,
): void {
  const firstMask = load<i32>(record, FIRST_MASK);
  const cutCount = load<i32>(record, CUT_COUNT);
  const maskBytes = <i32> sizeof<Block>() * 16;
  const masks = MASKS + firstMask * maskBytes;
  memory.fill(masks, 0, (cutCount + 1) * maskBytes);
  const values = ROWS + (load<i32>(record, COLUMN) << 2);
  if (load<i32>(record, LEVELS) == 0) {
    markByGrid<Block>(image, record, values, columnCount << 2, rowCount, masks);
  } else {
    markBySearch<Block>(image, record, values, columnCount << 2, rowCount, masks);
  }
  accumulate<Block>(masks, cutCount);
}

/** Four rows at a time: cell by arithmetic, then the four cuts of the cell by one comparison. */
function markByGrid<Block>(
  image: usize,
  record: usize,
  values: usize,
  stride: i32,
  rowCount: i32,
  masks: usize,
): void {
  const cuts = image + load<i32>(record, LEVEL_PLACES);
  const cells = image + load<i32>(record, CELLS);
  const low = v128.load32_splat(record, LOW);
  const scale = v128.load32_splat(record, SCALE);
  const last = v128.load32_splat(record, LAST);
  const zero = f32x4.splat(0);
  // Adding 2^23 leaves the nearest integer in the low bits; each cell has two bytes.
  const rounder = f32x4.splat(8_388_608);
  const integer = i32x4.splat(0x7fffff);
  for (let row = 0; row < rowCount; row += 4) {
    const value1 = values + stride;
    const value2 = value1 + stride;
    const value3 = value2 + stride;
    let x = v128.load32_zero(values);
    x = v128.load32_lane(value1, x, 1);
    x = v128.load32_lane(value2, x, 2);
    x = v128.load32_lane(value3, x, 3);
    const place = f32x4.mul(f32x4.sub(x, low), scale);
    // pmax and pmin of these orders give cell 0 to NaN.
    const within = f32x4.pmin(last, f32x4.pmax(zero, place));
    const cell = v128.and(f32x4.add(within, rounder), integer);
    const at = masks + ((row >> 5) << 2);
    const bit = 1 << (row & 31);
    mark<Block>(at, bit, cuts, load<u16>(cells + (i32x4.extract_lane(cell, 0) << 1)), values);
    mark<Block>(at, bit << 1, cuts, load<u16>(cells + (i32x4.extract_lane(cell, 1) << 1)), value1);
    mark<Block>(at, bit << 2, cuts, load<u16>(cells + (i32x4.extract_lane(cell, 2) << 1)), value2);
    mark<Block>(at, bit << 3, cuts, load<u16>(cells + (i32x4.extract_lane(cell, 3) << 1)), value3);
    values = value3 + stride;
  }
}

// @ts-ignore: decorator
@inline
function mark<Block>(at: usize, bit: i32, cuts: usize, below: i32, value: usize): void {
  const isAbove = f32x4.ge(v128.load32_splat(value), v128.load(cuts + (below << 2)));
  setBit<Block>(at, bit, below + popcnt(i32x4.bitmask(isAbove)));
}

// @ts-ignore: decorator
@inline
function setBit<Block>(at: usize, bit: i32, rank: i32): void {
  const word = at + rank * (<i32> sizeof<Block>() * 16);
  store<i32>(word, load<i32>(word) | bit);
}

/** Rank in base 16, a digit per level: sixteen cuts are compared at once. */
function markBySearch<Block>(
  image: usize,
  record: usize,
  values: usize,
  stride: i32,
  rowCount: i32,
  masks: usize,
): void {
  const levels = load<i32>(record, LEVELS);
  for (let row = 0; row < rowCount; row++) {
    const x = v128.load32_splat(values);
    let rank = 0;
    for (let level = levels - 1; level >= 0; level--) {
      const places = load<i32>(record + (level << 2), LEVEL_PLACES);
      const cuts = image + places + (rank << 6);
      const isAbove = i8x16.narrow_i16x8_s(
        i16x8.narrow_i32x4_s(
          f32x4.ge(x, v128.load(cuts)),
          f32x4.ge(x, v128.load(cuts, 16)),
        ),
        i16x8.narrow_i32x4_s(
          f32x4.ge(x, v128.load(cuts, 32)),
          f32x4.ge(x, v128.load(cuts, 48)),
        ),
      );
      rank = (rank << 4) + popcnt(i8x16.bitmask(isAbove));
    }
    setBit<Block>(masks + ((row >> 5) << 2), 1 << (row & 31), rank);
    values += stride;
  }
}

/** From rows of each rank to rows at or above each cut: all but those of the ranks up to it. */
function accumulate<Block>(masks: usize, cutCount: i32): void {
  const maskBytes = <i32> sizeof<Block>() * 16;
  const end = masks + cutCount * maskBytes;
  let above0 = i64x2.splat(-1);
  let above1 = above0;
  let above2 = above0;
  let above3 = above0;
  for (let at = masks; at < end; at += maskBytes) {
    above0 = v128.andnot(above0, v128.load(at));
    v128.store(at, above0);
    if (sizeof<Block>() == 4) {
      above1 = v128.andnot(above1, v128.load(at, 16));
      above2 = v128.andnot(above2, v128.load(at, 32));
      above3 = v128.andnot(above3, v128.load(at, 48));
      v128.store(at, above1, 16);
      v128.store(at, above2, 32);
      v128.store(at, above3, 48);
    }
  }
}
