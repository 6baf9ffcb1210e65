import { createRandom } from "../numeric/mod.ts";
import {
  FEATURE_COUNT_MAX,
  type Forest,
  HEIGHT_MAX,
  type Matrix,
  SUBSAMPLE_SIZE_MAX,
  TREE_COUNT_MAX,
} from "./forest.ts";
import { createTreeGrower, type Subsample, type TreeNodes } from "./grow_tree.ts";
import { createSampler } from "./sample.ts";

export interface FitOptions {
  /** 1 to `TREE_COUNT_MAX`; the paper's 100 is enough for most data. */
  readonly treeCount: number;
  /**
   * ψ, 1 to `SUBSAMPLE_SIZE_MAX`; lowered to the number of rows. The paper's 256 is enough for most
   * data.
   */
  readonly subsampleSize: number;
  /**
   * An integer from 0 to 2⁵³ − 1. Same rows, options and seed give the same forest in every engine.
   */
  readonly seed: number;
  /** Most edges from a root to a leaf, 0 to `HEIGHT_MAX`; the paper's ⌈log₂ ψ⌉ where not given. */
  readonly heightLimit?: number;
}

/**
 * Fits an isolation forest (Liu, Ting and Zhou 2008): each tree isolates ψ rows drawn without
 * replacement. Values that are not finite take part in no range; they go where they go in scoring.
 *
 * @throws {RangeError} When an option or the matrix's shape is out of its range.
 */
export function fitForest(matrix: Matrix, options: FitOptions): Forest {
  checkMatrix(matrix);
  checkOptions(options);
  const subsampleSize = Math.min(options.subsampleSize, matrix.rowCount);
  const heightLimit = options.heightLimit ?? ceilLog2(subsampleSize);
  const random = createRandom(options.seed);
  const sampler = createSampler(matrix.rowCount);
  const chosen = new Uint32Array(subsampleSize);
  const columns = new Float32Array(subsampleSize * matrix.columnCount);
  const grower = createTreeGrower(subsampleSize, matrix.columnCount, heightLimit);
  const lists = createNodeLists(options.treeCount, subsampleSize, heightLimit);
  const roots = new Uint32Array(options.treeCount);
  for (let tree = 0; tree < options.treeCount; tree++) {
    roots[tree] = lists.count;
    sampler.fill(chosen, random);
    const nodeCount = grower.grow(gather(matrix, chosen, columns), random);
    append(lists, grower.nodes, nodeCount);
  }
  const { nodes, count } = lists;
  return {
    featureCount: matrix.columnCount,
    subsampleSize,
    roots,
    splitFeature: nodes.splitFeature.slice(0, count),
    splitValue: nodes.splitValue.slice(0, count),
    child: nodes.child.slice(0, count),
    size: nodes.size.slice(0, count),
  };
}

/** Nodes of all trees grown so far. */
interface NodeLists {
  nodes: TreeNodes;
  count: number;
}

/** Room for trees that are half as wide as they can be, which most are not. */
function createNodeLists(treeCount: number, rowCount: number, heightLimit: number): NodeLists {
  const leavesMax = heightLimit < 16 ? Math.min(rowCount, 1 << heightLimit) : rowCount;
  return { nodes: withRoom(treeCount * leavesMax), count: 0 };
}

function withRoom(length: number): TreeNodes {
  return {
    splitFeature: new Uint16Array(length),
    splitValue: new Float32Array(length),
    child: new Uint32Array(length),
    size: new Uint16Array(length),
  };
}

/** Appends a tree, whose children then count from the forest's first node. */
function append(lists: NodeLists, tree: TreeNodes, nodeCount: number): void {
  const { count } = lists;
  if (count + nodeCount > lists.nodes.child.length) {
    const wider = withRoom(2 * (count + nodeCount));
    copyNodes(lists.nodes, count, wider, 0);
    lists.nodes = wider;
  }
  copyNodes(tree, nodeCount, lists.nodes, count);
  const { child } = lists.nodes;
  for (let node = count; node < count + nodeCount; node++) {
    if (child[node] > 0) child[node] += count;
  }
  lists.count += nodeCount;
}

function copyNodes(from: TreeNodes, count: number, to: TreeNodes, at: number): void {
  to.splitFeature.set(from.splitFeature.subarray(0, count), at);
  to.splitValue.set(from.splitValue.subarray(0, count), at);
  to.child.set(from.child.subarray(0, count), at);
  to.size.set(from.size.subarray(0, count), at);
}

/** Copies the chosen rows into `columns`, column after column, as the tree reads them. */
function gather(matrix: Matrix, chosen: Uint32Array, columns: Float32Array): Subsample {
  const { data, columnCount } = matrix;
  const rowCount = chosen.length;
  // x − x is 0 where x is finite, else NaN, which sticks.
  let difference = 0;
  for (let i = 0; i < rowCount; i++) {
    let from = chosen[i] * columnCount;
    for (let at = i; at < columns.length; at += rowCount) {
      const value = data[from++];
      difference += value - value;
      columns[at] = value;
    }
  }
  return { columns, rowCount, columnCount, isFinite: difference === 0 };
}

function ceilLog2(n: number): number {
  return n <= 1 ? 0 : 32 - Math.clz32(n - 1);
}

function checkMatrix({ data, rowCount, columnCount }: Matrix): void {
  checkInteger("rowCount", rowCount, 1, Number.MAX_SAFE_INTEGER);
  checkInteger("columnCount", columnCount, 1, FEATURE_COUNT_MAX);
  if (data.length !== rowCount * columnCount) {
    throw new RangeError(
      `Cannot fit forest as data must hold ${rowCount} × ${columnCount} values: ` +
        `it holds ${data.length}`,
    );
  }
}

function checkOptions(options: FitOptions): void {
  checkInteger("treeCount", options.treeCount, 1, TREE_COUNT_MAX);
  checkInteger("subsampleSize", options.subsampleSize, 1, SUBSAMPLE_SIZE_MAX);
  if (options.heightLimit !== undefined) {
    checkInteger("heightLimit", options.heightLimit, 0, HEIGHT_MAX);
  }
}

function checkInteger(name: string, value: number, least: number, greatest: number): void {
  if (Number.isInteger(value) && value >= least && value <= greatest) return;
  throw new RangeError(
    `Cannot fit forest as ${name} must be an integer in [${least}, ${greatest}]: ` +
      `current value is ${value}`,
  );
}
