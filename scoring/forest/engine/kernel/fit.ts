// Growing trees, as `scoring/forest/grow/grow_tree.ts` does, draw for draw. The memory of masks serves,
// as nothing is scored meanwhile.

import { CHOSEN, FIT_FEATURES, FIT_ROWS, FIT_STARTS, ROWS } from "./memory";
import { countRight, leftRows, openLevel, rightRows, splitNode } from "./partition";
import { below, nextFloat } from "./random";
import { greatest, least, readColumn } from "./range";

// Nodes of trees as parallel arrays of 32,768 each, at these distances.
const SPLIT_VALUE: usize = 0;
const CHILD: usize = 131_072;
const SPLIT_FEATURE: usize = 262_144;
const SIZE: usize = 327_680;

/**
 * Grows a tree on the chosen rows of a matrix, or where there is none on the rows at `ROWS`, and
 * writes it after the nodes that there are; how many there are then. Rows are known by their
 * addresses and never moved.
 */
export function growTree(
  matrix: usize,
  rowCount: i32,
  columnCount: i32,
  heightLimit: i32,
  nodes: usize,
  first: i32,
): i32 {
  addressRows(matrix, rowCount, columnCount << 2);
  for (let i = 0; i < columnCount; i++) store<u16>(FIT_FEATURES + (i << 1), <u16> i);
  store<u16>(nodes + (first << 1), <u16> rowCount, SIZE);
  store<u16>(FIT_STARTS, 0);
  let count = first + 1;
  let levelEnd = count;
  let height = 0;
  openLevel(1);
  for (let node = first; node < count; node++) {
    if (node == levelEnd) {
      levelEnd = count;
      openLevel(++height + 1);
    }
    const word = nodes + (node << 2);
    const half = nodes + (node << 1);
    store<f32>(word, 0, SPLIT_VALUE);
    store<i32>(word, 0, CHILD);
    store<u16>(half, 0, SPLIT_FEATURE);
    const size = <i32> load<u16>(half, SIZE);
    if (height >= heightLimit || size < 2) continue;
    const rows = FIT_ROWS + (<usize> load<u16>(FIT_STARTS + ((node - first) << 1)) << 2);
    const feature = drawFeature(rows, size, columnCount);
    if (feature < 0) continue;
    const threshold = drawThreshold();
    store<f32>(word, threshold, SPLIT_VALUE);
    store<i32>(word, count, CHILD);
    store<u16>(half, <u16> feature, SPLIT_FEATURE);
    const start = FIT_STARTS + ((count - first) << 1);
    store<u16>(start, <u16> ((leftRows - FIT_ROWS) >> 2));
    store<u16>(start, <u16> ((rightRows - FIT_ROWS) >> 2), 2);
    // Nobody reads the rows of nodes at full height.
    const right = height + 1 < heightLimit
      ? splitNode(rows, size, threshold)
      : countRight(size, threshold);
    store<u16>(nodes + (count << 1), <u16> (size - right), SIZE);
    store<u16>(nodes + (count << 1), <u16> right, SIZE + 2);
    count += 2;
  }
  return count;
}

/** Makes all rows those of the root. */
function addressRows(matrix: usize, rowCount: i32, rowBytes: i32): void {
  for (let i = 0; i < rowCount; i++) {
    const address = matrix == 0
      ? ROWS + i * rowBytes
      : matrix + load<i32>(CHOSEN + (i << 2)) * rowBytes;
    store<u32>(FIT_ROWS + (i << 2), address);
  }
  v128.store(FIT_ROWS + (rowCount << 2), v128.load32_splat(FIT_ROWS));
}

/** The column to split at, whose values are read then, or −1 when all are constant. */
function drawFeature(rows: usize, size: i32, columnCount: i32): i32 {
  for (let left = columnCount; left > 0; left--) {
    const drawn = FIT_FEATURES + (below(left) << 1);
    const feature = <i32> load<u16>(drawn);
    readColumn(rows, size, feature << 2);
    if (least < greatest) return feature;
    const last = FIT_FEATURES + ((left - 1) << 1);
    store<u16>(drawn, load<u16>(last));
    store<u16>(last, <u16> feature);
  }
  return -1;
}

/** A threshold in the range of the column that was read last. */
function drawThreshold(): f32 {
  const range = <f64> greatest - <f64> least;
  const drawn = <f32> (<f64> least + nextFloat() * range);
  return drawn > least ? drawn : greatest + 0;
}
