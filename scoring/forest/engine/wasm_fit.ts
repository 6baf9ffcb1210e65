import type { ForestShape } from "../grow/fit_trees.ts";
import type { Forest, Matrix } from "../forest.ts";
import { type AxisNodes, withRoom } from "../grow/node_lists.ts";

/** What `kernel/fit.ts` and the files beside it export. */
export interface FitExports {
  readonly memory: WebAssembly.Memory;
  readonly ROWS: WebAssembly.Global<"i32">;
  readonly CHOSEN: WebAssembly.Global<"i32">;
  readonly FIT_BITS: WebAssembly.Global<"i32">;
  preparePackings(): void;
  seedRandom(low: number, high: number): void;
  sampleRows(total: number, count: number): void;
  growTree(
    matrix: number,
    rowCount: number,
    columnCount: number,
    heightLimit: number,
    nodes: number,
    firstNode: number,
  ): number;
}

/** What the kernel's memory has room for. */
const SUBSAMPLE_MAX = 4096;
const COLUMNS_MAX = 4096;
const VALUES_MAX = 65_536;
const ROWS_MAX = 2_097_151;
/** Nodes that are taken out of the kernel's memory at once, at least those of one tree. */
const NODES_MAX = 32_768;
const NODES_BYTES = 12 * NODES_MAX;
/** Past this many rows per chosen row, copying the chosen ones costs less than copying all. */
const ROWS_PER_CHOSEN_MAX = 4;
const MATRIX_BYTES_MAX = 16 * 1024 * 1024;
const TWO_32 = 4_294_967_296;

/** Whether the kernel can fit a forest; others are fitted in plain TypeScript, to the same bits. */
export function hasRoomToFit({ rowCount, columnCount }: Matrix, shape: ForestShape): boolean {
  return shape.splits !== "oblique" && rowCount <= ROWS_MAX && columnCount <= COLUMNS_MAX &&
    shape.subsampleSize <= SUBSAMPLE_MAX && shape.subsampleSize * columnCount <= VALUES_MAX;
}

/** Bytes of the kernel's memory that a fit needs besides its own. */
export function fitBytes(matrix: Matrix, shape: ForestShape): number {
  return NODES_BYTES + (isCopiedWhole(matrix, shape) ? matrix.data.byteLength : 0);
}

/** Whether the whole matrix is best copied into the kernel's memory. */
function isCopiedWhole({ rowCount, data }: Matrix, shape: ForestShape): boolean {
  return data.byteLength <= MATRIX_BYTES_MAX &&
    rowCount <= ROWS_PER_CHOSEN_MAX * shape.treeCount * shape.subsampleSize;
}

/**
 * Fits a forest in the kernel, which draws and splits.
 *
 * @param place Of `fitBytes` free bytes in the kernel's memory: for nodes, then for the matrix.
 */
export function fitInKernel(
  exports: FitExports,
  matrix: Matrix,
  shape: ForestShape,
  place: number,
): Forest {
  const { treeCount, subsampleSize, heightLimit, seed } = shape;
  const { rowCount, columnCount } = matrix;
  const { buffer } = exports.memory;
  const { ROWS, CHOSEN, FIT_BITS } = exports;
  new Uint8Array(buffer, FIT_BITS.value, (rowCount >> 3) + 1).fill(0);
  const words = wordsOf(matrix);
  const whole = isCopiedWhole(matrix, shape) ? place + NODES_BYTES : 0;
  if (whole > 0) new Int32Array(buffer, whole, words.length).set(words);
  const values = new Int32Array(buffer, ROWS.value, subsampleSize * columnCount);
  const chosen = new Int32Array(buffer, CHOSEN.value, subsampleSize);
  const roots = new Uint32Array(treeCount);
  const parts: AxisNodes[] = [];
  let taken = 0;
  let count = 0;
  exports.preparePackings();
  exports.seedRandom(seed, Math.floor(seed / TWO_32));
  for (let tree = 0; tree < treeCount; tree++) {
    if (count + 2 * subsampleSize > NODES_MAX) {
      parts.push(nodesAt(buffer, place, count));
      taken += count;
      count = 0;
    }
    roots[tree] = taken + count;
    exports.sampleRows(rowCount, subsampleSize);
    if (whole === 0) gather(words, columnCount, chosen, values);
    count = exports.growTree(whole, subsampleSize, columnCount, heightLimit, place, count);
  }
  parts.push(nodesAt(buffer, place, count));
  return { featureCount: columnCount, subsampleSize, roots, ...joined(parts) };
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

/** Takes nodes out of the kernel's memory, where `kernel/fit.ts` has put them. */
function nodesAt(buffer: ArrayBuffer, place: number, count: number): AxisNodes {
  return {
    splitValue: new Float32Array(buffer, place, count).slice(),
    child: new Uint32Array(buffer, place + 4 * NODES_MAX, count).slice(),
    splitFeature: new Uint16Array(buffer, place + 8 * NODES_MAX, count).slice(),
    size: new Uint16Array(buffer, place + 10 * NODES_MAX, count).slice(),
  };
}

/** One after the other; children of a part count from its first node. */
function joined(parts: readonly AxisNodes[]): AxisNodes {
  if (parts.length === 1) return parts[0];
  const nodes = withRoom(parts.reduce((sum, part) => sum + part.child.length, 0), "axis");
  let at = 0;
  for (const { splitFeature, splitValue, child, size } of parts) {
    nodes.splitFeature.set(splitFeature, at);
    nodes.splitValue.set(splitValue, at);
    nodes.size.set(size, at);
    for (let i = 0; i < child.length; i++) if (child[i] > 0) nodes.child[at + i] = at + child[i];
    at += child.length;
  }
  return nodes;
}
