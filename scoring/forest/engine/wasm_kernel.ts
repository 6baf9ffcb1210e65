import { unitsPerEdge } from "../average_path.ts";
import { halfScoreUnitsOf, scoreOfSum } from "../compiled.ts";
import type { Forest, Matrix } from "../forest.ts";
import { creditSteps } from "./credit_steps.ts";
import { EXPECTED_UNITS } from "./expected_paths.ts";
import type { ForestKernel } from "./forest_kernel.ts";
import { plainKernel } from "./plain_kernel.ts";
import { encodeShapImage, SHAP_FEATURES_MAX } from "./shap_image.ts";
import { LANES, type PointGroup, shapTables } from "./shap_tables.ts";
import { createSlab } from "./slab.ts";
import { sliceForest, WALKED_ROWS_MAX } from "./sliced_forest.ts";
import { encodeWalkImage, WALKED_FEATURES_MAX } from "./walk_image.ts";
import { fitBytes, type FitExports, fitInKernel, hasRoomToFit } from "./wasm_fit.ts";

/** What `kernel/index.ts` exports. */
interface KernelExports extends FitExports {
  readonly SUMS: WebAssembly.Global<"i32">;
  readonly SCORES: WebAssembly.Global<"i32">;
  readonly CREDITS: WebAssembly.Global<"i32">;
  readonly VALUES: WebAssembly.Global<"i32">;
  readonly POINTS: WebAssembly.Global<"i32">;
  readonly IMAGES: WebAssembly.Global<"i32">;
  addPathUnits512(image: number, columnCount: number, rowCount: number): void;
  addPathUnits128(image: number, columnCount: number, rowCount: number): void;
  scoreSums(rowCount: number, halfScoreUnits: number): void;
  walkTrees(image: number, columnCount: number): number;
  creditTrees(image: number, steps: number, columnCount: number): void;
  shapTrees(image: number, edgesPerUnit: number): void;
}

/** Below this many rows a block costs more than their walks. */
const BLOCK_ROWS_MIN = 20;
/** Below this many rows blocks of 128 cost less than one of 512. */
const WIDE_ROWS_MIN = 280;
const WIDE_ROWS = 512;
const NARROW_ROWS = 128;
/** What the kernel's memory has room for. */
const VALUES_MAX = 65_536;
/** Some hundred forests of 100 trees; when they are more, all are copied in anew as they are used. */
const IMAGE_BYTES_MAX = 48 * 1024 * 1024;
const PAGE_BYTES = 65_536;
/** Where a forest's images lie in the kernel's memory; absent where a forest is too large. */
interface Placed {
  readonly walk: number | undefined;
  sliced: readonly number[] | undefined;
  isSliced: boolean;
  /** In batches, while it is not sliced. */
  walkedRows: number;
  /** Of `walk`. */
  steps: number | undefined;
  shap: PlacedShap | undefined;
  readonly halfScoreUnits: number;
}

interface PlacedShap {
  /** Absent where a tree is too large. */
  readonly image: number | undefined;
  readonly pointGroups: readonly PointGroup[];
}

/**
 * The WebAssembly kernel: one instance with one memory for all forests, whose images are copied in
 * at their first use.
 *
 * @param kernel Compiled from `kernelBytes()`, or imported from `kernel.wasm` where a runtime does
 * not compile. An instance must be used by nobody else, as its memory is the kernel's.
 * @param walkedRowsMax Rows that a forest walks before it is sliced.
 */
export function createWasmKernel(
  kernel: WebAssembly.Module | WebAssembly.Instance,
  walkedRowsMax: number = WALKED_ROWS_MAX,
): ForestKernel {
  const instance = kernel instanceof WebAssembly.Instance
    ? kernel
    : new WebAssembly.Instance(kernel);
  const exports = instance.exports as unknown as KernelExports;
  const { memory, addPathUnits512, addPathUnits128, scoreSums, walkTrees, creditTrees, shapTrees } =
    exports;
  const imagesBegin = exports.IMAGES.value;
  let imagesEnd = imagesBegin;
  let placedForests = new WeakMap<Forest, Placed>();
  let views = viewsOf(exports);
  const newNumbers = createSlab();

  /** Makes sure of so many bytes after the last image. */
  function ensureBytes(bytes: number): void {
    const missing = imagesEnd + bytes - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.floor((missing + PAGE_BYTES - 1) / PAGE_BYTES));
    views = viewsOf(exports);
  }

  /** Copies images in, one after the other. */
  function place(images: readonly ArrayBuffer[]): number[] {
    const bytes = images.reduce((sum, image) => sum + image.byteLength, 0);
    ensureBytes(bytes);
    return images.map((image) => {
      const at = imagesEnd;
      new Uint8Array(memory.buffer, at).set(new Uint8Array(image));
      imagesEnd += image.byteLength;
      return at;
    });
  }

  /** Forgets all forests when there is no room for more. */
  function makeRoom(images: readonly ArrayBuffer[]): boolean {
    const bytes = images.reduce((sum, image) => sum + image.byteLength, 0);
    if (bytes > IMAGE_BYTES_MAX) return false;
    if (imagesEnd + bytes > imagesBegin + IMAGE_BYTES_MAX) {
      imagesEnd = imagesBegin;
      placedForests = new WeakMap();
    }
    return true;
  }

  function placed(forest: Forest): Placed {
    const known = placedForests.get(forest);
    if (known) return known;
    const image = encodeWalkImage(forest);
    const walk = image && makeRoom([image]) ? place([image])[0] : undefined;
    const made = {
      walk,
      sliced: undefined,
      isSliced: false,
      walkedRows: 0,
      steps: undefined,
      shap: undefined,
      halfScoreUnits: halfScoreUnitsOf(forest),
    };
    placedForests.set(forest, made);
    return made;
  }

  function isWorthSlicing(forest: Forest, rowCount: number): boolean {
    if (rowCount < BLOCK_ROWS_MIN) return false;
    const known = placed(forest);
    if (known.isSliced) return true;
    known.walkedRows += rowCount;
    return known.walkedRows > walkedRowsMax;
  }

  function sliced(forest: Forest): readonly number[] | undefined {
    const known = placed(forest);
    if (known.isSliced) return known.sliced;
    const images = sliceForest(forest);
    const hasRoom = images !== undefined && makeRoom(images);
    const current = placed(forest);
    current.sliced = hasRoom ? place(images) : undefined;
    current.isSliced = true;
    return current.sliced;
  }

  /** A forest that walks, with its steps. */
  function withSteps(forest: Forest): Placed {
    const image = creditSteps(forest);
    makeRoom([image]);
    // Room may have been made by forgetting all forests, this one too.
    const current = placed(forest);
    current.steps = place([image])[0];
    return current;
  }

  function shap(forest: Forest): PlacedShap {
    const known = placed(forest).shap;
    if (known) return known;
    const tables = shapTables(forest);
    const image = encodeShapImage(forest, tables);
    const hasRoom = image !== undefined && makeRoom([image]);
    const current = placed(forest);
    current.shap = {
      image: hasRoom ? place([image])[0] : undefined,
      pointGroups: tables.pointGroups,
    };
    return current.shap;
  }

  /** Sums of a block's rows into the kernel's memory. */
  function sumBlock(images: readonly number[], rows: Matrix, row: number, count: number): void {
    const { data, columnCount } = rows;
    views.rows.set(data.subarray(row * columnCount, (row + count) * columnCount));
    views.sums.fill(0, 0, count);
    const addPathUnits = count > NARROW_ROWS ? addPathUnits512 : addPathUnits128;
    for (const image of images) addPathUnits(image, columnCount, count);
  }

  function walk(image: number, row: Float32Array): number {
    const { rows } = views;
    for (let i = 0; i < row.length; i++) rows[i] = row[i];
    return walkTrees(image, row.length);
  }

  /** Sums or scores of all rows, block after block. */
  function run(forest: Forest, rows: Matrix, wanted: "sums" | "scores", out: Float64Array): void {
    const { rowCount, columnCount, data } = rows;
    const images = isWorthSlicing(forest, rowCount) ? sliced(forest) : undefined;
    const { walk: image, halfScoreUnits } = placed(forest);
    let row = 0;
    for (let count = 0; images && (count = blockRows(rowCount - row)) > 0; row += count) {
      sumBlock(images, rows, row, count);
      if (wanted === "scores") scoreSums(count, halfScoreUnits);
      out.set(views[wanted].subarray(0, count), row);
    }
    for (; row < rowCount; row++) {
      const values = data.subarray(row * columnCount, (row + 1) * columnCount);
      const sum = image === undefined ? NaN : walk(image, values);
      out[row] = wanted === "sums" ? sum : scoreOfSum(halfScoreUnits, sum);
    }
  }

  return {
    fit(matrix, shape) {
      if (!hasRoomToFit(matrix, shape)) return plainKernel.fit(matrix, shape);
      ensureBytes(fitBytes(matrix, shape));
      return fitInKernel(exports, matrix, shape, imagesEnd);
    },
    sumRows(forest, rows, sums) {
      if (placed(forest).walk === undefined) plainKernel.sumRows(forest, rows, sums);
      else run(forest, rows, "sums", sums);
    },
    scoreRows(forest, rows, scores) {
      const { walk: image, halfScoreUnits } = placed(forest);
      if (image === undefined) plainKernel.scoreRows(forest, rows, scores);
      else if (halfScoreUnits === 0) scores.fill(0.5);
      else run(forest, rows, "scores", scores);
    },
    scoreRow(forest, row) {
      const { walk: image, halfScoreUnits } = placed(forest);
      if (image === undefined) return plainKernel.scoreRow(forest, row);
      return scoreOfSum(halfScoreUnits, walk(image, row));
    },
    creditRow(forest, row) {
      let known = placed(forest);
      if (known.walk !== undefined && known.steps === undefined) known = withSteps(forest);
      const { walk: image, steps } = known;
      if (image === undefined || steps === undefined) return plainKernel.creditRow(forest, row);
      const { rows, credits } = views;
      for (let i = 0; i < row.length; i++) rows[i] = row[i];
      creditTrees(image, steps, row.length);
      const scale = EXPECTED_UNITS * forest.roots.length;
      const found = newNumbers(row.length);
      for (let i = 0; i < row.length; i++) found[i] = credits[i + 1] / scale;
      return found;
    },
    shapRow(forest, row) {
      const { image, pointGroups } = shap(forest);
      if (image === undefined) return plainKernel.shapRow(forest, row);
      const { values, points } = views;
      views.rows.set(row);
      values.fill(0, 0, row.length);
      for (const { t, weight, rest, inverseRest } of pointGroups) {
        [t, weight, rest, inverseRest].forEach((vector, i) => points.set(vector, i * LANES));
        shapTrees(image, 1 / unitsPerEdge(forest));
      }
      return Float64Array.from(values.subarray(0, row.length));
    },
  };
}

/** Rows of the next block; 0 where the rest had better walk. */
function blockRows(rest: number): number {
  if (rest < BLOCK_ROWS_MIN) return 0;
  return Math.min(rest, rest < WIDE_ROWS_MIN ? NARROW_ROWS : WIDE_ROWS);
}

interface Views {
  readonly rows: Float32Array;
  readonly sums: Float64Array;
  readonly scores: Float64Array;
  /** From the second on. */
  readonly credits: Float64Array;
  readonly values: Float64Array;
  readonly points: Float64Array;
}

/** Views end with the memory's growth. */
function viewsOf({ memory, ROWS, SUMS, SCORES, CREDITS, VALUES, POINTS }: KernelExports): Views {
  return {
    rows: new Float32Array(memory.buffer, ROWS.value, VALUES_MAX),
    sums: new Float64Array(memory.buffer, SUMS.value, WIDE_ROWS),
    scores: new Float64Array(memory.buffer, SCORES.value, WIDE_ROWS),
    values: new Float64Array(memory.buffer, VALUES.value, SHAP_FEATURES_MAX),
    points: new Float64Array(memory.buffer, POINTS.value, 4 * LANES),
    credits: new Float64Array(memory.buffer, CREDITS.value, WALKED_FEATURES_MAX + 1),
  };
}
