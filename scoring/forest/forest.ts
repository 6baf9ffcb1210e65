/**
 * A fitted isolation forest as plain data: breadth-first nodes of all trees in parallel arrays.
 *
 * The two children of an inner node are adjacent, so one index names both: a row goes to
 * `child[node]` when `row[feature] < threshold`, else to `child[node] + 1`. NaN goes left. Children
 * always have a greater index than their parent, so a walk ends.
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
}

/** Rows side by side in one array, row after row. */
export interface Matrix {
  readonly data: Float32Array;
  readonly rowCount: number;
  readonly columnCount: number;
}
