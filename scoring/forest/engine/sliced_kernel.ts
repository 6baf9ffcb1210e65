/**
 * Bit-sliced scoring in plain TypeScript, 128 rows at a time; `kernel/` has the same in
 * WebAssembly. docs/bit_slicing.md explains both.
 */
import type { Matrix } from "../forest.ts";
import { CUTS_PER_CELL } from "./cell_grid.ts";
import { FEATURE, HEADER, type SlicedImage } from "./image.ts";
import { COUNTERS_MAX, GROUP_COMPARISONS_MAX, SLICED_FEATURES_MAX } from "./sliced_forest.ts";

/** Rows of a block: four words of one bit per row. */
export const BLOCK_ROWS = 128;
const BLOCK_WORDS = 4;
const SLOT_COUNT_MAX = 1024;
/** Places of slots are in bytes of slots of 64; ours have four words. */
const PLACE_SHIFT = 4;
const ROUNDER = 8_388_608;

/** Memory that every block uses anew. */
interface Scratch {
  /** Per cut the rows at or above it, while ranking the rows of each rank. */
  readonly masks: Int32Array;
  readonly slots: Int32Array;
  /** Vertical counters: word group k holds bit k of each row's sum. */
  readonly counters: Int32Array;
}

let scratch: Scratch | undefined;

function getScratch(): Scratch {
  scratch ??= {
    masks: new Int32Array((GROUP_COMPARISONS_MAX + SLICED_FEATURES_MAX) * BLOCK_WORDS),
    slots: new Int32Array(SLOT_COUNT_MAX * BLOCK_WORDS),
    counters: new Int32Array((COUNTERS_MAX + 1) * BLOCK_WORDS),
  };
  return scratch;
}

/** Adds to `sums` the path lengths of up to 128 rows, from `firstRow` on, over a group's trees. */
export function addPathUnits(
  image: SlicedImage,
  rows: Matrix,
  firstRow: number,
  sums: Float64Array,
): void {
  const memory = getScratch();
  const rowCount = Math.min(BLOCK_ROWS, rows.rowCount - firstRow);
  const words = new Int32Array(image);
  for (let i = 0; i < words[HEADER.featureCount]; i++) {
    const record = HEADER.words + i * FEATURE.words;
    markRanks(image, record, memory.masks, rows, firstRow, rowCount);
    accumulateRanks(memory.masks, words[record + FEATURE.firstMask], words[record + 2]);
  }
  memory.counters.fill(0);
  memory.slots.fill(-1, BLOCK_WORDS, 2 * BLOCK_WORDS);
  countPaths(image, memory);
  readCounters(memory.counters, words[HEADER.counterCount], rowCount, sums, firstRow);
}

/** Sets each row's bit in the mask of its rank: how many cuts are at or below its value. */
function markRanks(
  image: SlicedImage,
  record: number,
  masks: Int32Array,
  { data, columnCount }: Matrix,
  firstRow: number,
  rowCount: number,
): void {
  const words = new Int32Array(image);
  const floats = new Float32Array(image);
  const firstMask = words[record + FEATURE.firstMask];
  const cutCount = words[record + FEATURE.cutCount];
  masks.fill(0, firstMask * BLOCK_WORDS, (firstMask + cutCount + 1) * BLOCK_WORDS);
  const cuts = words[record + FEATURE.levelPlaces] >> 2;
  const isSearched = words[record + FEATURE.levels] > 0;
  const cells = new Uint16Array(image, words[record + FEATURE.cells]);
  const low = floats[record + FEATURE.low];
  const scale = floats[record + FEATURE.scale];
  const last = floats[record + FEATURE.last];
  let at = firstRow * columnCount + words[record + FEATURE.column];
  for (let row = 0; row < rowCount; row++, at += columnCount) {
    const x = data[at];
    const rank = isSearched
      ? searchRank(floats, cuts, cutCount, x)
      : gridRank(floats, cuts, cells, low, scale, last, x);
    masks[(firstMask + rank) * BLOCK_WORDS + (row >> 5)] |= 1 << row;
  }
}

/** Rank by `CellGrid`; its arithmetic again, as V8 keeps f32 numbers of one function in registers. */
function gridRank(
  floats: Float32Array,
  cuts: number,
  cells: Uint16Array,
  low: number,
  scale: number,
  last: number,
  x: number,
): number {
  const place = Math.fround(Math.fround(x - low) * scale);
  const within = place > 0 ? (place < last ? place : last) : 0;
  const below = cells[Math.fround(within + ROUNDER) - ROUNDER];
  const at = cuts + below;
  let rank = below;
  for (let i = 0; i < CUTS_PER_CELL; i++) rank += +(x >= floats[at + i]);
  return rank;
}

/** Rank by halving, without a branch that depends on the value. */
function searchRank(floats: Float32Array, cuts: number, cutCount: number, x: number): number {
  let rank = 0;
  let rest = cutCount;
  while (rest > 0) {
    const half = (rest + 1) >> 1;
    rank += half * +(x >= floats[cuts + rank + half - 1]);
    rest -= half;
  }
  return rank;
}

/** From rows of each rank to rows at or above each cut: all but those of the ranks up to it. */
function accumulateRanks(masks: Int32Array, firstMask: number, cutCount: number): void {
  let above0 = -1, above1 = -1, above2 = -1, above3 = -1;
  const end = (firstMask + cutCount) * BLOCK_WORDS;
  for (let at = firstMask * BLOCK_WORDS; at < end; at += BLOCK_WORDS) {
    masks[at] = above0 &= ~masks[at];
    masks[at + 1] = above1 &= ~masks[at + 1];
    masks[at + 2] = above2 &= ~masks[at + 2];
    masks[at + 3] = above3 &= ~masks[at + 3];
  }
}

/** Walks all rows at once through each tree and adds their path lengths to the counters. */
function countPaths(image: SlicedImage, { masks, slots, counters }: Scratch): void {
  const words = new Int32Array(image);
  const program = new Uint16Array(image, words[HEADER.program]);
  const treeCount = words[HEADER.treeCount];
  const planeCount = words[HEADER.planeCount];
  const counterEnd = words[HEADER.counterCount] * BLOCK_WORDS;
  for (let tree = 0, at = 0; tree < treeCount; tree++) {
    at = splitRows(program, at, masks, slots);
    at = addPlanes(program, at, planeCount, slots, counters, counterEnd);
  }
}

/** The rows of a node go right where its mask has their bit, else left. */
function splitRows(
  program: Uint16Array,
  start: number,
  masks: Int32Array,
  slots: Int32Array,
): number {
  const end = start + 1 + 2 * program[start];
  let at = start + 1;
  for (let left = 2 * BLOCK_WORDS; at < end; at += 2, left += 2 * BLOCK_WORDS) {
    const mask = program[at] * BLOCK_WORDS;
    const node = program[at + 1] >> PLACE_SHIFT;
    const right0 = slots[node] & masks[mask];
    const right1 = slots[node + 1] & masks[mask + 1];
    const right2 = slots[node + 2] & masks[mask + 2];
    const right3 = slots[node + 3] & masks[mask + 3];
    slots[left] = slots[node] ^ right0;
    slots[left + 1] = slots[node + 1] ^ right1;
    slots[left + 2] = slots[node + 2] ^ right2;
    slots[left + 3] = slots[node + 3] ^ right3;
    slots[left + 4] = right0;
    slots[left + 5] = right1;
    slots[left + 6] = right2;
    slots[left + 7] = right3;
  }
  return at;
}

/** Adds a tree's planes to the counters as one addition of all rows: carries ripple upwards. */
function addPlanes(
  program: Uint16Array,
  start: number,
  planeCount: number,
  slots: Int32Array,
  counters: Int32Array,
  counterEnd: number,
): number {
  let carry0 = 0, carry1 = 0, carry2 = 0, carry3 = 0;
  let counter = 0;
  let at = start;
  for (let plane = 0; plane < planeCount; plane++, counter += BLOCK_WORDS) {
    let bit0 = 0, bit1 = 0, bit2 = 0, bit3 = 0;
    for (const end = at + program[at]; at < end;) {
      const slot = program[++at] >> PLACE_SHIFT;
      bit0 ^= slots[slot];
      bit1 ^= slots[slot + 1];
      bit2 ^= slots[slot + 2];
      bit3 ^= slots[slot + 3];
    }
    at++;
    const sum0 = counters[counter] ^ bit0;
    const sum1 = counters[counter + 1] ^ bit1;
    const sum2 = counters[counter + 2] ^ bit2;
    const sum3 = counters[counter + 3] ^ bit3;
    bit0 &= counters[counter];
    bit1 &= counters[counter + 1];
    bit2 &= counters[counter + 2];
    bit3 &= counters[counter + 3];
    counters[counter] = sum0 ^ carry0;
    counters[counter + 1] = sum1 ^ carry1;
    counters[counter + 2] = sum2 ^ carry2;
    counters[counter + 3] = sum3 ^ carry3;
    carry0 = bit0 | (sum0 & carry0);
    carry1 = bit1 | (sum1 & carry1);
    carry2 = bit2 | (sum2 & carry2);
    carry3 = bit3 | (sum3 & carry3);
  }
  for (; counter < counterEnd; counter += BLOCK_WORDS) {
    const sum0 = counters[counter] ^ carry0;
    const sum1 = counters[counter + 1] ^ carry1;
    const sum2 = counters[counter + 2] ^ carry2;
    const sum3 = counters[counter + 3] ^ carry3;
    carry0 &= counters[counter];
    carry1 &= counters[counter + 1];
    carry2 &= counters[counter + 2];
    carry3 &= counters[counter + 3];
    counters[counter] = sum0;
    counters[counter + 1] = sum1;
    counters[counter + 2] = sum2;
    counters[counter + 3] = sum3;
  }
  return at;
}

/** Adds each row's counted sum to `sums`: bit k of a row is in counter k. */
function readCounters(
  counters: Int32Array,
  counterCount: number,
  rowCount: number,
  sums: Float64Array,
  firstSum: number,
): void {
  for (let row = 0; row < rowCount; row++) {
    let sum = 0;
    let at = (counterCount - 1) * BLOCK_WORDS + (row >> 5);
    for (; at >= 0; at -= BLOCK_WORDS) sum = (sum << 1) | ((counters[at] >>> row) & 1);
    sums[firstSum + row] += sum;
  }
}
