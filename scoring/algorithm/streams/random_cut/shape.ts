import {
  createCutTree,
  type CutTree,
  embrace,
  isAt,
  isLeaf,
  newLeaf,
  nextNode,
  NONE,
} from "./tree.ts";

/** A tree as data: nodes from the root on, each before its left child and that before its right. */
export interface CutShape {
  /** 0 for a leaf, else the column of a cut plus 1. */
  readonly columns: Uint16Array;
  /** Of the inner nodes alone. */
  readonly cuts: Float64Array;
  /** Row of each leaf, by its number in the tree's sample: the first that lies there. */
  readonly leaves: Uint32Array;
}

/** @param rows The tree's rows, in the order of its sample. */
export function shapeOf(tree: CutTree, rows: readonly Float32Array[]): CutShape {
  const firstAt = new Map<number, number>();
  rows.forEach((row, number) => {
    const leaf = leafOf(tree, row);
    if (!firstAt.has(leaf)) firstAt.set(leaf, number);
  });
  const columns: number[] = [];
  const cuts: number[] = [];
  const leaves: number[] = [];
  const open = tree.root === NONE ? [] : [tree.root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    columns.push(tree.columns[node] + 1);
    if (isLeaf(tree, node)) {
      leaves.push(firstAt.get(node)!);
    } else {
      cuts.push(tree.cuts[node]);
      open.push(tree.right[node], tree.left[node]);
    }
  }
  return {
    columns: Uint16Array.from(columns),
    cuts: Float64Array.from(cuts),
    leaves: Uint32Array.from(leaves),
  };
}

/**
 * The tree of a shape.
 *
 * @throws {RangeError} When nodes, leaves and rows do not fit together.
 */
export function treeOf(
  shape: CutShape,
  rows: readonly Float32Array[],
  capacity: number,
  columnCount: number,
): CutTree {
  const tree = createCutTree(capacity, columnCount);
  if (rows.length === 0 && shape.columns.length === 0) return tree;
  const nodes = plantNodes(tree, shape, rows);
  for (const row of rows) countRow(tree, row);
  for (const node of nodes.reverse()) {
    if (tree.mass[node] === 0) refuse("no node may be without rows");
    if (!isLeaf(tree, node)) embrace(tree, node);
  }
  return tree;
}

/** Makes all nodes in the order of the shape, still without masses and boxes. */
function plantNodes(tree: CutTree, shape: CutShape, rows: readonly Float32Array[]): number[] {
  const nodes: number[] = [];
  /** Inner nodes whose right child is still to come. */
  const open: number[] = [];
  let [cut, leaf] = [0, 0];
  shape.columns.forEach((column, k) => {
    if (tree.free.length === 0) refuse("there are more nodes than there is room for");
    if (k > 0 && nodes.length > 0 && tree.root === NONE) refuse("it must have one root");
    const node = column === 0
      ? newLeaf(tree, rows[shape.leaves[leaf++]] ?? refuse("leaves must name rows"))
      : tree.free.pop()!;
    tree.mass[node] = 0;
    tree.columns[node] = column - 1;
    if (column > 0) {
      if (cut >= shape.cuts.length) refuse("each inner node must have a cut");
      tree.cuts[node] = shape.cuts[cut++];
      tree.left[node] = NONE;
    }
    hang(tree, node, open, nodes.length === 0);
    if (column > 0) open.push(node);
    nodes.push(node);
  });
  if (nodes.length === 0 || open.length > 0) refuse("each inner node must have two children");
  if (cut !== shape.cuts.length || leaf !== shape.leaves.length) refuse("nothing may be left over");
  return nodes;
}

function hang(tree: CutTree, node: number, open: number[], isFirst: boolean): void {
  if (isFirst) {
    tree.root = node;
    return;
  }
  const parent = open.at(-1) ?? refuse("it must have one root");
  if (tree.left[parent] === NONE) {
    tree.left[parent] = node;
  } else {
    tree.right[parent] = node;
    open.pop();
  }
}

function countRow(tree: CutTree, row: Float32Array): void {
  let node = tree.root;
  tree.mass[node]++;
  while (!isLeaf(tree, node)) {
    node = nextNode(tree, node, row);
    tree.mass[node]++;
  }
  if (!isAt(tree, node, row)) refuse("each row must lie at a leaf of its own");
}

function leafOf(tree: CutTree, row: Float32Array): number {
  let node = tree.root;
  while (!isLeaf(tree, node)) node = nextNode(tree, node, row);
  return node;
}

function refuse(want: string): never {
  throw new RangeError(`Cannot restore random cut tree as ${want}`);
}
