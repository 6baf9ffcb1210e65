import { nextDown, nextUp } from "../../numeric/mod.ts";
import { FEATURE_COUNT_MAX, type Forest, SUBSAMPLE_SIZE_MAX, TREE_COUNT_MAX } from "../forest.ts";
import { TreeCollector } from "./tree_collector.ts";

/** A fitted `sklearn.ensemble.IsolationForest` as the script in docs/import_scikit_learn.md says it. */
export interface ScikitLearnForest {
  readonly featureCount: number;
  /** `max_samples_`. */
  readonly subsampleSize: number;
  readonly trees: readonly ScikitLearnTree[];
}

/** The arrays of one tree, an entry a node; the root is node 0. */
export interface ScikitLearnTree {
  /** Columns of a row that the tree knows as its features 0, 1, …. */
  readonly columns: readonly number[];
  /** −1 at a leaf. */
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly size: readonly number[];
}

/**
 * Takes over a forest of scikit-learn. Scores are −`score_samples` to within 10⁻⁶: scikit-learn,
 * too, compares rows as f32, which go left when x ≤ t, with t in f64. That is x < the least f32
 * above t. What scikit-learn refuses, such as NaN, goes as in any forest here.
 *
 * @param json Parsed JSON; nothing of it is trusted.
 * @throws {RangeError} Naming what is missing or wrong. Forests fitted with `bootstrap=True` are
 * refused, as their trees have seen fewer distinct rows than they are scored by.
 */
export function fromScikitLearn(json: unknown): Forest {
  const source = readSource(json);
  const { featureCount, subsampleSize } = source;
  const collector = new TreeCollector();
  source.trees.forEach((tree, i) => {
    const path = `trees[${i}]`;
    collect(readTree(tree, path, featureCount), collector, path);
  });
  return collector.finish({ featureCount, subsampleSize, averagePath: "scikitLearn" });
}

/** Appends a tree breadth-first. */
function collect(tree: ScikitLearnTree, collector: TreeCollector, path: string): void {
  const root = collector.begin();
  const queue = [0];
  for (let i = 0; i < queue.length; i++) {
    // Each node has one parent, so that more than there are can only be a cycle.
    if (queue.length > tree.left.length) refuse(path, "be a tree", queue.length);
    const node = queue[i];
    const size = tree.size[node];
    if (tree.left[node] === -1) {
      collector.push({ feature: 0, threshold: 0, child: 0, size });
      continue;
    }
    collector.push({
      feature: tree.columns[tree.feature[node]],
      threshold: leastAbove(tree.threshold[node]),
      child: root + queue.length,
      size,
    });
    queue.push(tree.left[node], tree.right[node]);
  }
}

/** The least f32 above a threshold: f32 values are below it when they are at or below the latter. */
function leastAbove(threshold: number): number {
  const rounded = Math.fround(threshold);
  return nextUp(rounded > threshold ? nextDown(rounded) : rounded);
}

function readSource(json: unknown): ScikitLearnForest {
  const { featureCount, subsampleSize, trees } = readObject(json, "forest");
  if (!Array.isArray(trees) || trees.length < 1 || trees.length > TREE_COUNT_MAX) {
    refuse("trees", `be a list of 1 to ${TREE_COUNT_MAX}`, trees);
  }
  return {
    featureCount: readInteger(featureCount, "featureCount", 1, FEATURE_COUNT_MAX),
    subsampleSize: readInteger(subsampleSize, "subsampleSize", 1, SUBSAMPLE_SIZE_MAX),
    trees,
  };
}

/** Twice the most leaves that a subsample can have. */
const NODES_MAX = 2 * SUBSAMPLE_SIZE_MAX;

function readTree(json: unknown, path: string, featureCount: number): ScikitLearnTree {
  const fields = readObject(json, path);
  const { length } = readList(fields.left, `${path}.left`, -1, NODES_MAX);
  const list = (name: string, least: number, greatest: number) => {
    const numbers = readList(fields[name], `${path}.${name}`, least, greatest);
    if (numbers.length !== length) {
      refuse(`${path}.${name}`, `have ${length} entries`, numbers.length);
    }
    return numbers;
  };
  const columns = readList(fields.columns, `${path}.columns`, 0, featureCount - 1);
  const tree = {
    columns,
    left: list("left", -1, length - 1),
    right: list("right", -1, length - 1),
    // A leaf has −2 for its feature.
    feature: list("feature", -2, columns.length - 1),
    threshold: list("threshold", -Infinity, Infinity),
    size: list("size", 0, SUBSAMPLE_SIZE_MAX),
  };
  for (let node = 0; node < length; node++) {
    const isLeaf = tree.left[node] === -1;
    if (isLeaf !== (tree.right[node] === -1)) refuse(path, "have no or two children", node);
    if (!isLeaf && tree.feature[node] < 0) refuse(path, "split a feature", tree.feature[node]);
  }
  return tree;
}

function readObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) refuse(path, "be an object", value);
  return value as Record<string, unknown>;
}

/** A list of at least one integer, or of any numbers where the range has no end. */
function readList(value: unknown, path: string, least: number, greatest: number): number[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > NODES_MAX) {
    refuse(path, `be a list of 1 to ${NODES_MAX} numbers`, value);
  }
  const isAny = greatest === Infinity;
  return value.map((item, i) =>
    isAny ? readFinite(item, `${path}[${i}]`) : readInteger(item, `${path}[${i}]`, least, greatest)
  );
}

function readFinite(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) refuse(path, "be a number", value);
  return value;
}

function readInteger(value: unknown, path: string, least: number, greatest: number): number {
  if (
    typeof value !== "number" || !Number.isInteger(value) || value < least || value > greatest
  ) {
    refuse(path, `be an integer in [${least}, ${greatest}]`, value);
  }
  return value;
}

function refuse(path: string, want: string, found: unknown): never {
  const shown = typeof found === "number" ? String(found) : typeof found;
  throw new RangeError(`Cannot take over ${path} as it must ${want}: current value is ${shown}`);
}
