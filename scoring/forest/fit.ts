import { forestKernel } from "./engine/mod.ts";
import {
  FEATURE_COUNT_MAX,
  type Forest,
  HEIGHT_MAX,
  type Matrix,
  type SplitKind,
  SUBSAMPLE_SIZE_MAX,
  TREE_COUNT_MAX,
} from "./forest.ts";

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
  /** What a split compares; "axis" where not given. */
  readonly splits?: SplitKind;
  /**
   * Share of oblique splits, 0 to 1, whose threshold parts the node's rows where both sides are
   * narrowest; 0 where not given. The others have a random threshold.
   */
  readonly gainShare?: number;
}

/**
 * Fits an isolation forest (Liu, Ting and Zhou 2008): each tree isolates ψ rows drawn without
 * replacement. Values that are not finite take part in no range; they go where they go in scoring.
 * Oblique splits find rows whose columns are ordinary each and odd together; docs/oblique_splits.md
 * says what they cost. `shapRow`, `featureImportance` and `counterfactual` need axis splits.
 *
 * @throws {RangeError} When an option or the matrix's shape is out of its range.
 */
export function fitForest(matrix: Matrix, options: FitOptions): Forest {
  checkMatrix(matrix);
  checkOptions(options);
  const subsampleSize = Math.min(options.subsampleSize, matrix.rowCount);
  return forestKernel().fit(matrix, {
    treeCount: options.treeCount,
    subsampleSize,
    heightLimit: options.heightLimit ?? ceilLog2(subsampleSize),
    seed: options.seed,
    splits: options.splits ?? "axis",
    gainShare: options.gainShare ?? 0,
  });
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
  checkInteger("seed", options.seed, 0, Number.MAX_SAFE_INTEGER);
  checkSplits(options.splits);
  checkGainShare(options);
  if (options.heightLimit !== undefined) {
    checkInteger("heightLimit", options.heightLimit, 0, HEIGHT_MAX);
  }
}

function checkSplits(splits: string = "axis"): void {
  if (splits === "axis" || splits === "oblique") return;
  throw new RangeError(
    `Cannot fit forest as splits must be "axis" or "oblique": current value is "${splits}"`,
  );
}

function checkGainShare({ gainShare = 0, splits }: FitOptions): void {
  if (gainShare !== 0 && splits !== "oblique") {
    throw new RangeError(
      `Cannot fit forest as gainShare must be 0 where splits are axis: current value is ${gainShare}`,
    );
  }
  if (gainShare >= 0 && gainShare <= 1) return;
  throw new RangeError(
    `Cannot fit forest as gainShare must be in [0, 1]: current value is ${gainShare}`,
  );
}

function checkInteger(name: string, value: number, least: number, greatest: number): void {
  if (Number.isInteger(value) && value >= least && value <= greatest) return;
  throw new RangeError(
    `Cannot fit forest as ${name} must be an integer in [${least}, ${greatest}]: ` +
      `current value is ${value}`,
  );
}
