import { createCellGrid, CUTS_PER_CELL } from "./cell_grid.ts";
import type { Cuts, FeatureCuts } from "./cuts.ts";
import type { TreeSlots } from "./path_planes.ts";

/** A group of trees, ready to be written. */
export interface SlicedTrees {
  readonly cuts: Cuts;
  readonly trees: readonly TreeSlots[];
  /** Bits of a path length. */
  readonly planeCount: number;
  /** Bits of a sum of path lengths over the trees. */
  readonly counterCount: number;
}

/**
 * A group of trees as the kernels read it: little-endian words at places that count from its own
 * beginning, so that it can be copied anywhere.
 *
 * - Header: `HEADER` 32-bit words.
 * - One record of `FEATURE` words per feature that any tree compares.
 * - Per feature its cuts, search levels and cell table.
 * - Program, 16-bit words, per tree: the count of comparisons, (mask, slot) of each; then per plane
 *   the count of slots and the slots. A slot is written as its place in bytes, 64 to a slot.
 */
export type SlicedImage = ArrayBuffer;

/** Words of the header. */
export const HEADER = {
  featureCount: 0,
  treeCount: 1,
  planeCount: 2,
  counterCount: 3,
  /** Place of the program in bytes. */
  program: 4,
  words: 5,
} as const;

/** Words of a feature's record. */
export const FEATURE = {
  column: 0,
  firstMask: 1,
  cutCount: 2,
  /** Levels of the search; 0 where a cell grid is used. */
  levels: 3,
  /** Places of the levels in bytes, four of them; the first are the cuts themselves. */
  levelPlaces: 4,
  /** Place of the grid's counts. */
  cells: 8,
  /** f32 numbers of the grid. */
  low: 9,
  scale: 10,
  last: 11,
  words: 12,
} as const;

export const SLOT_BYTES = 64;

/** Cuts that a step of the search compares at once: four vectors of four. */
export const SEARCH_WIDTH = 16;
const SEARCH_LEVELS_MAX = 4;

export function encodeImage(sliced: SlicedTrees): SlicedImage {
  const { cuts, trees, planeCount, counterCount } = sliced;
  const program = encodeProgram(sliced);
  const tables = cuts.features.map(tablesOf);
  const headerBytes = 4 * (HEADER.words + FEATURE.words * tables.length);
  const programPlace = tables.reduce((sum, table) => sum + table.bytes, headerBytes);
  const image = new ArrayBuffer(programPlace + roundUp(2 * program.length, 4));
  const words = new Int32Array(image);
  words[HEADER.featureCount] = tables.length;
  words[HEADER.treeCount] = trees.length;
  words[HEADER.planeCount] = planeCount;
  words[HEADER.counterCount] = counterCount;
  words[HEADER.program] = programPlace;
  new Uint16Array(image, programPlace).set(program);
  let place = headerBytes;
  tables.forEach((table, i) => {
    writeFeature(image, HEADER.words + i * FEATURE.words, place, table);
    place += table.bytes;
  });
  return image;
}

interface FeatureTables {
  readonly cuts: FeatureCuts;
  readonly grid: ReturnType<typeof createCellGrid>;
  /** Search levels, or with a grid the cuts alone. */
  readonly levels: readonly Float32Array[];
  readonly bytes: number;
}

function tablesOf(cuts: FeatureCuts): FeatureTables {
  const grid = createCellGrid(cuts.values);
  const levels = grid ? [searchLevel(cuts.values, 1)] : searchLevels(cuts.values);
  const levelBytes = levels.reduce((sum, level) => sum + level.byteLength, 0);
  const cellBytes = grid ? roundUp(grid.cutsBelow.byteLength, 4) : 0;
  return { cuts, grid, levels, bytes: levelBytes + cellBytes };
}

/** Level l holds every 16ˡ-th cut; one step on each, from the last level down, finds a rank. */
function searchLevels(cuts: Float32Array): Float32Array[] {
  const levels: Float32Array[] = [];
  for (let stride = 1; stride <= cuts.length; stride *= SEARCH_WIDTH) {
    levels.push(searchLevel(cuts, stride));
  }
  if (levels.length > SEARCH_LEVELS_MAX) {
    throw new RangeError(`Cannot search ${cuts.length} cuts in ${SEARCH_LEVELS_MAX} levels`);
  }
  return levels;
}

/** The last cut of each run of `stride`, then NaN, which no value is at or above. */
function searchLevel(cuts: Float32Array, stride: number): Float32Array {
  const count = Math.floor(cuts.length / stride);
  const level = new Float32Array(roundUp(count + 1 + CUTS_PER_CELL, SEARCH_WIDTH)).fill(NaN);
  for (let i = 0; i < count; i++) level[i] = cuts[(i + 1) * stride - 1];
  return level;
}

function writeFeature(image: SlicedImage, word: number, place: number, table: FeatureTables): void {
  const words = new Int32Array(image);
  const floats = new Float32Array(image);
  const { cuts, grid, levels } = table;
  words[word + FEATURE.column] = cuts.feature;
  words[word + FEATURE.firstMask] = cuts.firstMask;
  words[word + FEATURE.cutCount] = cuts.values.length;
  words[word + FEATURE.levels] = grid ? 0 : levels.length;
  levels.forEach((level, i) => {
    words[word + FEATURE.levelPlaces + i] = place;
    floats.set(level, place / 4);
    place += level.byteLength;
  });
  if (!grid) return;
  words[word + FEATURE.cells] = place;
  floats[word + FEATURE.low] = grid.low;
  floats[word + FEATURE.scale] = grid.scale;
  floats[word + FEATURE.last] = grid.last;
  new Uint16Array(image, place).set(grid.cutsBelow);
}

function encodeProgram({ cuts, trees, planeCount }: SlicedTrees): Uint16Array {
  const program = new Uint16Array(programWords(trees, planeCount));
  let comparison = 0;
  let at = 0;
  for (const { nodes, slots, planesOfSlot } of trees) {
    program[at++] = nodes.length;
    for (let i = 0; i < nodes.length; i++) {
      program[at++] = cuts.masks[comparison++];
      program[at++] = slots[i] * SLOT_BYTES;
    }
    at = writePlanes(program, at, planesOfSlot, planeCount);
  }
  return program;
}

function programWords(trees: readonly TreeSlots[], planeCount: number): number {
  let words = 0;
  for (const { nodes, planesOfSlot } of trees) {
    words += 1 + 2 * nodes.length + planeCount;
    for (let slot = 0; slot < planesOfSlot.length; slot++) words += bitCount(planesOfSlot[slot]);
  }
  return words;
}

/** Counts the slots of each plane, then writes each slot to all its planes; the place after them. */
function writePlanes(
  program: Uint16Array,
  start: number,
  planesOfSlot: Int32Array,
  planeCount: number,
): number {
  const counts = new Uint32Array(32);
  for (let slot = 0; slot < planesOfSlot.length; slot++) {
    for (let planes = planesOfSlot[slot]; planes !== 0; planes &= planes - 1) {
      counts[lowestBit(planes)]++;
    }
  }
  const ends = new Uint32Array(32);
  let at = start;
  for (let plane = 0; plane < planeCount; plane++) {
    program[at] = counts[plane];
    ends[plane] = at + 1;
    at += 1 + counts[plane];
  }
  for (let slot = 0; slot < planesOfSlot.length; slot++) {
    for (let planes = planesOfSlot[slot]; planes !== 0; planes &= planes - 1) {
      program[ends[lowestBit(planes)]++] = slot * SLOT_BYTES;
    }
  }
  return at;
}

/** Number of the lowest bit that is set. */
function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function bitCount(bits: number): number {
  let count = 0;
  for (; bits !== 0; bits &= bits - 1) count++;
  return count;
}

function roundUp(n: number, multiple: number): number {
  return Math.floor((n + multiple - 1) / multiple) * multiple;
}
