import { unitsPerEdge } from "../average_path.ts";
import { compiled, type CompiledForest } from "../compiled.ts";
import type { Forest } from "../forest.ts";

/** What each feature takes away from the path length that the forest expects of a row. */
export interface Attribution {
  /** Expected path length of a row, mean over the trees, in edges. */
  readonly base: number;
  /**
   * One per feature, in edges; positive makes the row more anomalous. Their sum is `base` − the
   * row's mean path length.
   */
  readonly contributions: Float64Array<ArrayBuffer>;
}

/**
 * Path attribution: each node has the path length expected of its training rows, and each split on
 * the row's way gives its feature what the step changes in that expectation.
 *
 * @throws {RangeError} When row and forest differ in their columns.
 */
export function explainRow(forest: Forest, row: Float32Array): Attribution {
  if (row.length !== forest.featureCount) {
    throw new RangeError(
      `Cannot explain row as it must have ${forest.featureCount} columns: it has ${row.length}`,
    );
  }
  const { roots, feature, threshold, next } = compiled(forest);
  const expected = expectedPaths(forest);
  const contributions = new Float64Array(forest.featureCount);
  let base = 0;
  for (const root of roots) {
    base += expected[root];
    let node = root;
    while (next[node] !== node) {
      const child = next[node] + +(row[feature[node]] >= threshold[node]);
      contributions[feature[node]] += expected[node] - expected[child];
      node = child;
    }
  }
  for (let i = 0; i < contributions.length; i++) contributions[i] /= roots.length;
  return { base: base / roots.length, contributions };
}

const expectedPathTables = new WeakMap<CompiledForest, Float64Array>();

/**
 * Path length expected at each node in edges, made at its first use and kept as long as the
 * forest's tables.
 */
function expectedPaths(forest: Forest): Float64Array {
  const tables = compiled(forest);
  let expected = expectedPathTables.get(tables);
  if (!expected) {
    expected = computeExpectedPaths(forest, tables);
    expectedPathTables.set(tables, expected);
  }
  return expected;
}

function computeExpectedPaths(forest: Forest, tables: CompiledForest): Float64Array {
  const { child, size } = forest;
  const units = unitsPerEdge(forest);
  const expected = new Float64Array(child.length);
  // Children come after their parent.
  for (let node = child.length - 1; node >= 0; node--) {
    const left = child[node];
    if (left === 0) {
      expected[node] = tables.pathUnits[node] / units;
      continue;
    }
    const right = left + 1;
    const cover = size[left] + size[right];
    // Only forests taken over from elsewhere have nodes that no training row has reached.
    expected[node] = cover === 0
      ? (expected[left] + expected[right]) / 2
      : (size[left] * expected[left] + size[right] * expected[right]) / cover;
  }
  return expected;
}
