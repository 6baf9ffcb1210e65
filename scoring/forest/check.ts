import { checkOblique } from "./check_oblique.ts";
import {
  FEATURE_COUNT_MAX,
  type Forest,
  GRID_KNOTS,
  HEIGHT_MAX,
  TREE_COUNT_MAX,
} from "./forest.ts";

/**
 * Checks all that the type `Forest` promises, so that a walk ends, stays in range and gives a
 * finite score: counts, one breadth-first block of nodes per tree, heights, columns, finite
 * thresholds, and covers that add up to ψ.
 *
 * @throws {RangeError} Naming the first tree and node that is wrong.
 */
export function checkForest(forest: Forest): void {
  checkCounts(forest);
  checkKnots(forest);
  const { roots, child } = forest;
  const heights = new Uint8Array(child.length);
  let end = 0;
  for (let tree = 0; tree < roots.length; tree++) {
    if (roots[tree] !== end) refuse(`tree ${tree} must begin at node ${end}`, roots[tree]);
    end = checkTree(forest, roots[tree], heights);
  }
  if (end !== child.length) refuse(`its trees must have ${end} nodes`, child.length);
  if (forest.oblique) checkOblique(forest, forest.oblique);
}

function checkCounts(forest: Forest): void {
  const { featureCount, subsampleSize, roots, child } = forest;
  if (!(Number.isInteger(featureCount) && featureCount >= 1 && featureCount <= FEATURE_COUNT_MAX)) {
    refuse(`it must have 1 to ${FEATURE_COUNT_MAX} features`, featureCount);
  }
  if (!(roots.length >= 1 && roots.length <= TREE_COUNT_MAX)) {
    refuse(`it must have 1 to ${TREE_COUNT_MAX} trees`, roots.length);
  }
  if (!(Number.isInteger(subsampleSize) && subsampleSize >= 1)) {
    refuse("its subsample size must be at least 1", subsampleSize);
  }
  for (const nodes of [forest.splitFeature, forest.splitValue, forest.size]) {
    if (nodes.length !== child.length) refuse("its node lists must be equally long", nodes.length);
  }
}

function checkKnots({ featureCount, gridKnots }: Forest): void {
  if (!gridKnots) return;
  if (gridKnots.length !== featureCount * GRID_KNOTS) {
    refuse(`its grid must have ${featureCount * GRID_KNOTS} knots`, gridKnots.length);
  }
  for (let i = 0; i < gridKnots.length; i++) {
    const least = i % GRID_KNOTS === 0 ? -Infinity : gridKnots[i - 1];
    if (!(Number.isFinite(gridKnots[i]) && gridKnots[i] >= least)) {
      refuse(`knot ${i} of its grid must be finite and at least ${least}`, gridKnots[i]);
    }
  }
}

/** The index after the tree's last node. One loop without calls, as each model opened waits for it. */
function checkTree(forest: Forest, root: number, heights: Uint8Array): number {
  const { child, size, splitFeature, splitValue, featureCount } = forest;
  const sizeMin = forest.averagePath === "mlIsolationForest" ? 0 : 1;
  if (root >= child.length) refuse("a tree must have nodes", root);
  if (size[root] !== forest.subsampleSize) {
    refuse(`the root ${root} must have seen ${forest.subsampleSize} rows`, size[root]);
  }
  let end = root + 1;
  for (let node = root; node < end; node++) {
    if (size[node] < sizeMin) refuse(`node ${node} must have seen a row`, size[node]);
    const left = child[node];
    const threshold = splitValue[node];
    if (left === 0) {
      if (splitFeature[node] !== 0 || !Object.is(threshold, 0)) {
        refuse(`leaf ${node} must have no split`, threshold);
      }
      continue;
    }
    if (left !== end) refuse(`node ${node} must have its children at ${end}`, left);
    end += 2;
    if (end > child.length) refuse(`node ${node} must have its children in range`, left);
    if (splitFeature[node] >= featureCount) {
      refuse(`node ${node} must split a column below ${featureCount}`, splitFeature[node]);
    }
    if (!Number.isFinite(threshold)) {
      refuse(`node ${node} must have a finite threshold`, threshold);
    }
    const cover = size[left] + size[left + 1];
    if (cover !== size[node]) {
      refuse(`the children of node ${node} must share its ${size[node]} rows`, cover);
    }
    const height = heights[node] + 1;
    if (height > HEIGHT_MAX) refuse(`no tree may be higher than ${HEIGHT_MAX}`, height);
    heights[left] = heights[left + 1] = height;
  }
  return end;
}

function refuse(want: string, found: number): never {
  throw new RangeError(`Cannot use forest as ${want}: current value is ${found}`);
}
