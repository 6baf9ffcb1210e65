import { nextUp } from "../../numeric/mod.ts";
import { type Forest, SUBSAMPLE_SIZE_MAX } from "../forest.ts";
import { TreeCollector } from "./tree_collector.ts";

/** What is read of a trained `IsolationForest` of the package `ml-isolation-forest` 0.1.0. */
export interface MlIsolationForest {
  readonly nEstimators: number;
  readonly forest: readonly MlTreeNode[];
  readonly trainingSet: readonly (readonly number[])[];
}

/** An inner node has children and a split, a leaf the training rows that reached it. */
export interface MlTreeNode {
  readonly left?: MlTreeNode;
  readonly right?: MlTreeNode;
  readonly splitColumn?: number;
  readonly splitValue?: number;
  readonly trainingSet?: readonly unknown[];
}

/**
 * Takes over a forest of `ml-isolation-forest`, without the training rows that it keeps. Scores are
 * the package's own to within 10⁻⁶ for rows of finite f32 values; a value that has to be rounded to
 * f32 can fall on a threshold's other side.
 *
 * @throws {RangeError} When the forest is not trained, was trained twice on different rows, or on
 * more than `SUBSAMPLE_SIZE_MAX`.
 */
export function fromMlIsolationForest(source: MlIsolationForest): Forest {
  const rowCount = source.trainingSet?.length ?? 0;
  if (rowCount < 1 || rowCount > SUBSAMPLE_SIZE_MAX) {
    throw new RangeError(
      `Cannot take over forest as it must be trained on 1 to ${SUBSAMPLE_SIZE_MAX} rows: ` +
        `it has ${rowCount}`,
    );
  }
  // A second training appends trees, which the package then leaves aside.
  const trees = source.forest.slice(0, source.nEstimators);
  const collector = new TreeCollector();
  for (const tree of trees) collect(tree, collector);
  return collector.finish({
    featureCount: source.trainingSet[0].length,
    subsampleSize: rowCount,
    averagePath: "mlIsolationForest",
  });
}

/** Appends a tree breadth-first. */
function collect(tree: MlTreeNode, collector: TreeCollector): void {
  const root = collector.begin();
  const queue = [tree];
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i];
    const size = rowsUnder(node);
    if (!node.left || !node.right) {
      collector.push({ feature: 0, threshold: 0, child: 0, size });
      continue;
    }
    const threshold = toThreshold(node.splitValue ?? NaN, rowsUnder(node.left) > 0);
    collector.push({ feature: node.splitColumn ?? 0, threshold, child: root + queue.length, size });
    queue.push(node.left, node.right);
  }
}

function rowsUnder({ left, right, trainingSet }: MlTreeNode): number {
  return left && right ? rowsUnder(left) + rowsUnder(right) : trainingSet?.length ?? 0;
}

/**
 * The least f32 that is not below the split, for which f32 values compare as they do with the split
 * itself. A split with no training row to its left is the least value there: it is rounded as that
 * value will be, to keep it on its right.
 */
function toThreshold(split: number, hasRowsLeft: boolean): number {
  const rounded = Math.fround(split);
  return rounded < split && hasRowsLeft ? nextUp(rounded) : rounded;
}
