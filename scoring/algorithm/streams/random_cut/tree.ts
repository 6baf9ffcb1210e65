import type { Random } from "../../../numeric/mod.ts";

/**
 * Robust random cut tree (Guha et al. 2016): a cut falls on a column with the probability of its
 * share of the box around the rows, so a tree from which a row is taken out is as one that never had
 * it. A row goes left at or below the cut. Rows that are equal share a leaf.
 */
export interface CutTree {
  readonly columnCount: number;
  /** `NONE` while there is no row. */
  root: number;
  /** Of an inner node. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly cuts: Float64Array;
  /** `NONE` at a leaf. */
  readonly columns: Int32Array;
  /** Rows at or below a node. */
  readonly mass: Uint32Array;
  /** Box around these rows; that of a leaf is its row. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Sum of the sides of this box. */
  readonly width: Float64Array;
  /** Nodes that are not in use. */
  readonly free: number[];
}

export const NONE = -1;

/** @param capacity Greatest number of rows at a time. */
export function createCutTree(capacity: number, columnCount: number): CutTree {
  const nodes = 2 * capacity;
  return {
    columnCount,
    root: NONE,
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    cuts: new Float64Array(nodes),
    columns: new Int32Array(nodes),
    mass: new Uint32Array(nodes),
    low: new Float32Array(nodes * columnCount),
    high: new Float32Array(nodes * columnCount),
    width: new Float64Array(nodes),
    free: Array.from({ length: nodes }, (_, node) => nodes - 1 - node),
  };
}

/** Adds a row; there must be room for it. */
export function insertRow(tree: CutTree, row: Float32Array, random: Random): void {
  if (tree.root === NONE) {
    tree.root = newLeaf(tree, row);
    return;
  }
  let parent = NONE;
  let node = tree.root;
  while (!isAt(tree, node, row)) {
    const cut = drawCut(tree, node, row, random) ??
      (isLeaf(tree, node) ? certainCut(tree, node, row) : undefined);
    if (cut) return insertBeside(tree, parent, node, row, cut);
    tree.mass[node]++;
    widen(tree, node, row);
    parent = node;
    node = nextNode(tree, node, row);
  }
  tree.mass[node]++;
}

/** Takes a row out; it must be in the tree. */
export function removeRow(tree: CutTree, row: Float32Array): void {
  const path: number[] = [];
  let node = tree.root;
  for (; !isLeaf(tree, node); node = nextNode(tree, node, row)) {
    path.push(node);
    tree.mass[node]--;
  }
  if (--tree.mass[node] > 0) return;
  tree.free.push(node);
  const parent = path.pop();
  if (parent === undefined) {
    tree.root = NONE;
    return;
  }
  const sibling = tree.left[parent] === node ? tree.right[parent] : tree.left[parent];
  replace(tree, path.at(-1) ?? NONE, parent, sibling);
  tree.free.push(parent);
  for (let k = path.length - 1; k >= 0 && embrace(tree, path[k]); k--);
}

export function isLeaf(tree: CutTree, node: number): boolean {
  return tree.columns[node] === NONE;
}

/** The child on the row's side of an inner node's cut. */
export function nextNode(tree: CutTree, node: number, row: Float32Array): number {
  return row[tree.columns[node]] <= tree.cuts[node] ? tree.left[node] : tree.right[node];
}

/** True at the leaf whose row it is. */
export function isAt(tree: CutTree, node: number, row: Float32Array): boolean {
  if (!isLeaf(tree, node)) return false;
  const start = node * tree.columnCount;
  for (let column = 0; column < tree.columnCount; column++) {
    if (tree.low[start + column] !== row[column]) return false;
  }
  return true;
}

export function newLeaf(tree: CutTree, row: Float32Array): number {
  const node = tree.free.pop()!;
  tree.columns[node] = NONE;
  tree.mass[node] = 1;
  tree.width[node] = 0;
  tree.low.set(row, node * tree.columnCount);
  tree.high.set(row, node * tree.columnCount);
  return node;
}

/** Makes the box of an inner node that of its children; false where it was so. */
export function embrace(tree: CutTree, node: number): boolean {
  const { columnCount, left, right, low, high, width } = tree;
  const start = node * columnCount;
  const first = left[node] * columnCount;
  const second = right[node] * columnCount;
  let sum = 0;
  let isChanged = false;
  for (let column = 0; column < columnCount; column++) {
    const least = Math.min(low[first + column], low[second + column]);
    const greatest = Math.max(high[first + column], high[second + column]);
    sum += greatest - least;
    if (low[start + column] === least && high[start + column] === greatest) continue;
    low[start + column] = least;
    high[start + column] = greatest;
    isChanged = true;
  }
  width[node] = sum;
  return isChanged;
}

function widen(tree: CutTree, node: number, row: Float32Array): void {
  const { columnCount, low, high, width } = tree;
  const start = node * columnCount;
  let sum = 0;
  for (let column = 0; column < columnCount; column++) {
    low[start + column] = Math.min(low[start + column], row[column]);
    high[start + column] = Math.max(high[start + column], row[column]);
    sum += high[start + column] - low[start + column];
  }
  width[node] = sum;
}

/** Puts another node where one was below its parent. */
function replace(tree: CutTree, parent: number, node: number, by: number): void {
  if (parent === NONE) tree.root = by;
  else if (tree.left[parent] === node) tree.left[parent] = by;
  else tree.right[parent] = by;
}

/** A cut that has a row on one side and all of a node on the other. */
interface Cut {
  readonly column: number;
  readonly cut: number;
  readonly isRowLeft: boolean;
}

function insertBeside(
  tree: CutTree,
  parent: number,
  node: number,
  row: Float32Array,
  { column, cut, isRowLeft }: Cut,
): void {
  const leaf = newLeaf(tree, row);
  const joint = tree.free.pop()!;
  tree.columns[joint] = column;
  tree.cuts[joint] = cut;
  tree.left[joint] = isRowLeft ? leaf : node;
  tree.right[joint] = isRowLeft ? node : leaf;
  tree.mass[joint] = tree.mass[node] + 1;
  embrace(tree, joint);
  replace(tree, parent, node, joint);
}

/** A random cut through the box of a node and a row; `undefined` where it does not part them. */
function drawCut(
  { columnCount, low, high }: CutTree,
  node: number,
  row: Float32Array,
  random: Random,
): Cut | undefined {
  const start = node * columnCount;
  let total = 0;
  for (let column = 0; column < columnCount; column++) {
    total += Math.max(high[start + column], row[column]) -
      Math.min(low[start + column], row[column]);
  }
  let rest = random.nextFloat() * total;
  let column = 0;
  let cut = 0;
  for (; column < columnCount; column++) {
    const least = Math.min(low[start + column], row[column]);
    const width = Math.max(high[start + column], row[column]) - least;
    cut = least + Math.min(rest, width);
    if (rest < width || column === columnCount - 1) break;
    rest -= width;
  }
  if (row[column] <= cut && cut < low[start + column]) return { column, cut, isRowLeft: true };
  const highest = high[start + column];
  if (row[column] <= highest || cut < highest) return undefined;
  // Rounding may put the cut onto the row, which has to lie above it.
  return { column, cut: cut < row[column] ? cut : highest, isRowLeft: false };
}

/** A leaf and a row that differs from it are parted by any cut, though rounding may find none. */
function certainCut({ columnCount, low }: CutTree, node: number, row: Float32Array): Cut {
  const start = node * columnCount;
  let column = 0;
  while (low[start + column] === row[column]) column++;
  const isRowLeft = row[column] < low[start + column];
  return { column, cut: isRowLeft ? row[column] : low[start + column], isRowLeft };
}
