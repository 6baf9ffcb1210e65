/**
 * Bit-sliced scoring in plain TypeScript, 128 rows at a time; `kernel/` has the same in
 * WebAssembly. docs/bit_slicing.md explains both.
 */
import type { Matrix } from "../forest.ts";
import { FEATURE, HEADER, type SlicedImage } from "./image.ts";
import { COUNTERS_MAX, GROUP_COMPARISONS_MAX, SLICED_FEATURES_MAX } from "./sliced_forest.ts";
import { BLOCK_ROWS, type ImageViews, markFeature, viewsOf } from "./sliced_ranks.ts";

const BLOCK_WORDS = 4;
const SLOT_COUNT_MAX = 1024;
/** Places of slots are in bytes of slots of 64; ours have four words. */
const PLACE_SHIFT = 4;

/** Memory that every block uses anew. */
interface Scratch {
  /** The block's rows, which lie together in a first-level cache while columns are read. */
  readonly rows: Float32Array;
  /** Per cut the rows at or above it, while ranking the rows of each rank. */
  readonly masks: Int32Array;
  readonly slots: Int32Array;
  /** Vertical counters: word group k holds bit k of each row's sum. */
  readonly counters: Int32Array;
}

let scratch: Scratch | undefined;

function getScratch(): Scratch {
  scratch ??= {
    rows: new Float32Array(BLOCK_ROWS * SLICED_FEATURES_MAX),
    masks: new Int32Array((GROUP_COMPARISONS_MAX + SLICED_FEATURES_MAX) * BLOCK_WORDS),
    slots: new Int32Array(SLOT_COUNT_MAX * BLOCK_WORDS),
    counters: new Int32Array((COUNTERS_MAX + 1) * BLOCK_WORDS),
  };
  return scratch;
}

/** Adds to `sums` the path lengths of up to 128 rows, from `firstRow` on, over a group's trees. */
export function addPathUnits(
  image: SlicedImage,
  { data, columnCount, rowCount }: Matrix,
  firstRow: number,
  sums: Float64Array,
): void {
  const { rows, masks, slots, counters } = getScratch();
  const endRow = Math.min(firstRow + BLOCK_ROWS, rowCount);
  rows.set(data.subarray(firstRow * columnCount, endRow * columnCount));
  const block = { data: rows, rowCount: endRow - firstRow, columnCount };
  const views = viewsOf(image);
  const { words } = views;
  for (let i = 0; i < words[HEADER.featureCount]; i++) {
    markFeature(views, HEADER.words + i * FEATURE.words, block, masks);
  }
  counters.fill(0);
  slots.fill(-1, BLOCK_WORDS, 2 * BLOCK_WORDS);
  countPaths(views, { masks, slots, counters });
  readCounters(counters, words[HEADER.counterCount], block.rowCount, sums, firstRow);
}

/** Walks all rows at once through each tree and adds their path lengths to the counters. */
function countPaths(
  { words, halves }: ImageViews,
  { masks, slots, counters }: Omit<Scratch, "rows">,
): void {
  const program = halves.subarray(words[HEADER.program] >> 1);
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
