import { EXPECTED_UNITS, expectedPaths, forestKernel } from "../engine/mod.ts";
import type { Forest } from "../forest.ts";

/** What each feature takes away from the path length that the forest expects of a row. */
export interface Attribution {
  /** Expected path length of a row, mean over the trees, in edges. */
  readonly base: number;
  /**
   * One per feature, in edges; positive makes the row more anomalous. Their sum is `base` − the
   * row's mean path length. May be part of a longer buffer.
   */
  readonly contributions: Float64Array<ArrayBuffer>;
}

/**
 * Path attribution: each node has the path length expected of its training rows, and each split on
 * the row's way gives its feature what the step changes in that expectation. An oblique split has two
 * features, which share the change after |weight · (value − center)|: the parts add up to it exactly.
 *
 * @throws {RangeError} When row and forest differ in their columns.
 */
export function explainRow(forest: Forest, row: Float32Array): Attribution {
  if (row.length !== forest.featureCount) {
    throw new RangeError(
      `Cannot explain row as it must have ${forest.featureCount} columns: it has ${row.length}`,
    );
  }
  return { base: basePath(forest), contributions: forestKernel().creditRow(forest, row) };
}

const basePaths = new WeakMap<Forest, number>();

/** Mean over the trees of the path length expected of a row, in edges; made at its first use. */
export function basePath(forest: Forest): number {
  let base = basePaths.get(forest);
  if (base === undefined) {
    const expected = expectedPaths(forest);
    let sum = 0;
    for (const root of forest.roots) sum += expected[root];
    base = sum / (EXPECTED_UNITS * forest.roots.length);
    basePaths.set(forest, base);
  }
  return base;
}
