/** Step 1 of docs/bit_slicing.md in plain TypeScript: which rows of a block are at or above a cut. */
import { FEATURE, type SlicedImage } from "./image.ts";

/** Rows of a block: four words of one bit per row. */
export const BLOCK_ROWS = 128;
// Each file has its own: V8 reads one that is imported or exported from memory at every use.
const BLOCK_WORDS = 4;
const WORD_ROWS = 32;
const ROUNDER = 8_388_608;

/** An image's bytes as numbers, made once a block: a view takes as long as ranking ten values. */
export interface ImageViews {
  readonly words: Int32Array;
  readonly floats: Float32Array;
  readonly halves: Uint16Array;
}

export function viewsOf(image: SlicedImage): ImageViews {
  return {
    words: new Int32Array(image),
    floats: new Float32Array(image),
    halves: new Uint16Array(image),
  };
}

/** Up to 128 rows, side by side. */
export interface BlockOfRows {
  readonly data: Float32Array;
  readonly rowCount: number;
  readonly columnCount: number;
}

/** Makes the masks of one feature: for each cut, the rows at or above it. */
export function markFeature(
  views: ImageViews,
  record: number,
  block: BlockOfRows,
  masks: Int32Array,
): void {
  const { words } = views;
  const cutCount = words[record + FEATURE.cutCount];
  const start = words[record + FEATURE.firstMask] * BLOCK_WORDS;
  masks.fill(0, start, start + (cutCount + 1) * BLOCK_WORDS);
  if (words[record + FEATURE.levels] > 0) markBySearch(views, record, block, masks);
  else markByGrid(views, record, block, masks);
  accumulate(masks, start, cutCount);
}

/**
 * Sets each row's bit in the mask of its rank, found by `CellGrid` and the four cuts of a cell. All
 * in one loop, as V8 keeps the f32 numbers of one function in registers.
 */
function markByGrid(
  { words, floats, halves }: ImageViews,
  record: number,
  { data, rowCount, columnCount }: BlockOfRows,
  masks: Int32Array,
): void {
  const start = words[record + FEATURE.firstMask] * BLOCK_WORDS;
  const cuts = words[record + FEATURE.levelPlaces] >> 2;
  const cells = words[record + FEATURE.cells] >> 1;
  const low = floats[record + FEATURE.low];
  const scale = floats[record + FEATURE.scale];
  const last = floats[record + FEATURE.last];
  let at = words[record + FEATURE.column];
  for (let row = 0; row < rowCount; row += WORD_ROWS) {
    const word = start + Math.floor(row / WORD_ROWS);
    const end = Math.min(row + WORD_ROWS, rowCount);
    for (let other = row, bit = 1; other < end; other++, bit <<= 1, at += columnCount) {
      const x = data[at];
      const place = Math.fround(Math.fround(x - low) * scale);
      const within = place > 0 ? (place < last ? place : last) : 0;
      const below = halves[cells + ((Math.fround(within + ROUNDER) - ROUNDER) | 0)];
      const cut = cuts + below;
      const rank = below + +(x >= floats[cut]) + +(x >= floats[cut + 1]) +
        +(x >= floats[cut + 2]) + +(x >= floats[cut + 3]);
      masks[word + rank * BLOCK_WORDS] |= bit;
    }
  }
}

/** The same by halving, without a branch that depends on the value. */
function markBySearch(
  { words, floats }: ImageViews,
  record: number,
  { data, rowCount, columnCount }: BlockOfRows,
  masks: Int32Array,
): void {
  const start = words[record + FEATURE.firstMask] * BLOCK_WORDS;
  const cuts = words[record + FEATURE.levelPlaces] >> 2;
  const cutCount = words[record + FEATURE.cutCount];
  let at = words[record + FEATURE.column];
  for (let row = 0; row < rowCount; row++, at += columnCount) {
    const x = data[at];
    let rank = 0;
    for (let rest = cutCount; rest > 0;) {
      const half = (rest + 1) >> 1;
      rank += half * +(x >= floats[cuts + rank + half - 1]);
      rest -= half;
    }
    masks[start + rank * BLOCK_WORDS + (row >> 5)] |= 1 << row;
  }
}

/** From rows of each rank to rows at or above each cut: all but those of the ranks up to it. */
function accumulate(masks: Int32Array, start: number, cutCount: number): void {
  let above0 = -1, above1 = -1, above2 = -1, above3 = -1;
  const end = start + cutCount * BLOCK_WORDS;
  for (let at = start; at < end; at += BLOCK_WORDS) {
    masks[at] = above0 &= ~masks[at];
    masks[at + 1] = above1 &= ~masks[at + 1];
    masks[at + 2] = above2 &= ~masks[at + 2];
    masks[at + 3] = above3 &= ~masks[at + 3];
  }
}
