/**
 * A fitted isolation forest as plain data: the nodes of all trees in parallel arrays, tree after
 * tree, each breadth-first.
 *
 * The two children of an inner node are adjacent, so one index names both: a row goes to
 * `child[node] + 1` when `row[feature] >= threshold`, else to `child[node]`. So NaN goes left.
 * Children always have a greater index than their parent, so a walk ends. `checkForest()` holds all
 * of this.
 */
export interface Forest {
  /** Columns of a row, 1 to 65,535. */
  readonly featureCount: number;
  /** ψ of Liu, Ting and Zhou 2008: rows that each tree has seen, at least 1. */
  readonly subsampleSize: number;
  /** Index of each tree's root; its length is the tree count. */
  readonly roots: Uint32Array;
  /** Column that an inner node compares; 0 at a leaf. */
  readonly splitFeature: Uint16Array;
  /** Threshold of an inner node; 0 at a leaf. Always finite. */
  readonly splitValue: Float32Array;
  /** Index of the left child; 0 marks a leaf. */
  readonly child: Uint32Array;
  /** Training rows that reached the node: of a leaf for c(size), of an inner node for its cover. */
  readonly size: Uint16Array;
  /** How c(n) is computed; "liu2008" where not given. */
  readonly averagePath?: AveragePathFormula;
  /** Where given, thresholds are points of a grid: `GRID_KNOTS` finite ascending numbers a feature. */
  readonly gridKnots?: Float32Array;
  /** Where given, each inner node compares a sum of two columns instead of one column. */
  readonly oblique?: ObliqueSplits;
}

/**
 * "axis": a split compares one column, as the paper's do. "oblique": it compares a weighted sum of
 * two columns, so that a row may be isolated for how its columns go together (the extended isolation
 * forest of Hariri, Carrasco Kind and Brunner 2019, with two columns a split).
 */
export type SplitKind = "axis" | "oblique";

/**
 * What oblique splits have beside `splitFeature` and `splitValue`. A row goes right where
 * `obliqueSum` of `splitFeature` and `secondFeature` is at or above the threshold. A node that can
 * only be split by one column has it twice, with weights of ½.
 */
export interface ObliqueSplits {
  /** Second column of an inner node; 0 at a leaf. */
  readonly secondFeature: Uint16Array;
  /** Weight of the first column, finite and not 0; 0 at a leaf. */
  readonly weight: Float32Array;
  /** Weight of the second column, likewise. */
  readonly secondWeight: Float32Array;
  /** Median of each column in training, finite: `explainRow` measures how far a row is off by it. */
  readonly center: Float32Array;
}

/**
 * "liu2008": the paper's c(n). Forests taken over have the name of the library that they are from:
 * scikit-learn's c(n) is the paper's, that of `ml-isolation-forest` is γ too low for n > 2. Path
 * lengths of forests taken over are kept to more digits, so that scores are the library's own.
 */
export type AveragePathFormula = "liu2008" | "mlIsolationForest" | "scikitLearn";

/** Rows side by side in one array, row after row. */
export interface Matrix {
  readonly data: Float32Array;
  readonly rowCount: number;
  readonly columnCount: number;
}

/** Rows that a tree may see, as counts of rows are 16-bit numbers. */
export const SUBSAMPLE_SIZE_MAX = 65_535;
/** Columns of a row, as column numbers are 16-bit numbers. */
export const FEATURE_COUNT_MAX = 65_535;
/** Trees of a forest: far past the point (some hundreds) from which more change nothing. */
export const TREE_COUNT_MAX = 10_000;
/** Edges from a root to a leaf: bounds the steps per row; a height limit of ⌈log₂ 65,535⌉ is 16. */
export const HEIGHT_MAX = 64;
/** Numbers that the grid of a feature is made of; `gridValue` gives its points. */
export const GRID_KNOTS = 17;
