import type { ForestShape } from "../fit_trees.ts";
import type { Forest, Matrix } from "../forest.ts";
import { createNodeLists, type NodeArrays } from "../node_lists.ts";

/** What `kernel/fit.ts` exports. */
export interface FitExports {
  readonly memory: WebAssembly.Memory;
  readonly ROWS: WebAssembly.Global<"i32">;
  readonly CHOSEN: WebAssembly.Global<"i32">;
  readonly FIT_NODES: WebAssembly.Global<"i32">;
  readonly FIT_BITS: WebAssembly.Global<"i32">;
  seedRandom(low: number, high: number): void;
  sampleRows(total: number, count: number): void;
  growTree(matrix: number, rowCount: number, columnCount: number, heightLimit: number): number;
}

/** What the kernel's memory has room for. */
const SUBSAMPLE_MAX = 4096;
const COLUMNS_MAX = 4096;
const VALUES_MAX = 65_536;
const ROWS_MAX = 2_097_151;
const NODES_MAX = 8192;
/** Past this many rows per chosen row, copying the chosen ones costs less than copying all. */
const ROWS_PER_CHOSEN_MAX = 4;
const MATRIX_BYTES_MAX = 16 * 1024 * 1024;
const TWO_32 = 4_294_967_296;

/** Whether the kernel can fit a forest; others are fitted in plain TypeScript, to the same bits. */
export function hasRoomToFit({ rowCount, columnCount }: Matrix, shape: ForestShape): boolean {
  return shape.splits !== "oblique" && rowCount <= ROWS_MAX && columnCount <= COLUMNS_MAX &&
    shape.subsampleSize <= SUBSAMPLE_MAX && shape.subsampleSize * columnCount <= VALUES_MAX;
}

/** Whether the whole matrix is best copied into the kernel's memory. */
export function isCopiedWhole({ rowCount, data }: Matrix, shape: ForestShape): boolean {
  return data.byteLength <= MATRIX_BYTES_MAX &&
    rowCount <= ROWS_PER_CHOSEN_MAX * shape.treeCount * shape.subsampleSize;
}

/**
 * Fits a forest in the kernel, which draws and splits.
 *
 * @param place Where the whole matrix lies in the kernel's memory; 0 where only the chosen rows are
 * to be copied in, tree after tree.
 */
export function fitInKernel(
  exports: FitExports,
  matrix: Matrix,
  shape: ForestShape,
  place: number,
): Forest {
  const { treeCount, subsampleSize, heightLimit, seed } = shape;
  const { columnCount } = matrix;
  const { buffer } = exports.memory;
  const { ROWS, CHOSEN, FIT_BITS } = exports;
  new Uint8Array(buffer, FIT_BITS.value, (matrix.rowCount >> 3) + 1).fill(0);
  const words = wordsOf(matrix);
  if (place > 0) new Int32Array(buffer, place, words.length).set(words);
  const values = new Int32Array(buffer, ROWS.value, subsampleSize * columnCount);
  const chosen = new Int32Array(buffer, CHOSEN.value, subsampleSize);
  const grown = grownNodes(exports);
  const nodes = createNodeLists(treeCount, subsampleSize, heightLimit);
  const roots = new Uint32Array(treeCount);
  exports.seedRandom(seed, Math.floor(seed / TWO_32));
  for (let tree = 0; tree < treeCount; tree++) {
    roots[tree] = nodes.count;
    exports.sampleRows(matrix.rowCount, subsampleSize);
    if (place === 0) gather(words, columnCount, chosen, values);
    nodes.append(grown, exports.growTree(place, subsampleSize, columnCount, heightLimit));
  }
  return { featureCount: columnCount, subsampleSize, roots, ...nodes.finish() };
}

/** As integers, which engines move without converting them. */
function wordsOf({ data }: Matrix): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.length);
}

/** Copies the chosen rows. */
function gather(
  words: Int32Array,
  columnCount: number,
  chosen: Int32Array,
  values: Int32Array,
): void {
  let to = 0;
  for (let i = 0; i < chosen.length; i++) {
    const from = chosen[i] * columnCount;
    const end = from + columnCount;
    for (let at = from; at < end; at++) values[to++] = words[at];
  }
}

/** Views of the kernel's tree; places as `kernel/fit.ts` has them. */
function grownNodes({ memory: { buffer }, FIT_NODES }: FitExports): NodeArrays {
  const at = FIT_NODES.value;
  return {
    splitValue: new Float32Array(buffer, at, NODES_MAX),
    child: new Uint32Array(buffer, at + 32_768, NODES_MAX),
    splitFeature: new Uint16Array(buffer, at + 65_536, NODES_MAX),
    size: new Uint16Array(buffer, at + 81_920, NODES_MAX),
  };
}
