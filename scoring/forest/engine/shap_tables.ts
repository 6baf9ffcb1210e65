import { gaussLegendre } from "../../numeric/mod.ts";
import type { Forest } from "../forest.ts";

/** What no row changes of exact Shapley values; `explain/shap.ts` says what they are. */
export interface ShapTables {
  readonly pointGroups: readonly PointGroup[];
  /** Share of the node's training rows that come from its parent's; 1 at a root. */
  readonly share: Float64Array;
  /**
   * z of the feature that leads into the node: the shares of all its edges from the root to here,
   * multiplied; 1 at a root, which no feature leads into.
   */
  readonly zero: Float64Array;
  /**
   * Of an inner node: the nearest node at or above it that is led into by the feature it splits,
   * else its tree's root.
   */
  readonly above: Uint32Array;
  /** Nodes of the largest tree. */
  readonly nodesMax: number;
}

/** Points that go through the trees together, one in each lane of two vectors. */
export const LANES = 4;

/** Four points t of the quadrature, the last ones without weight where they are fewer. */
export interface PointGroup {
  readonly t: Float64Array;
  readonly weight: Float64Array;
  /** 1 − t. */
  readonly rest: Float64Array;
  /** 1 / (1 − t). */
  readonly inverseRest: Float64Array;
}

export function shapTables(forest: Forest): ShapTables {
  const { child, roots, splitFeature } = forest;
  const share = sharesOf(forest);
  const zero = new Float64Array(child.length).fill(1);
  const above = new Uint32Array(child.length);
  const parent = new Uint32Array(child.length);
  // Distinct features on the way to a node.
  const distinct = new Uint8Array(child.length);
  let distinctMax = 0;
  let nodesMax = 0;
  for (let tree = 0; tree < roots.length; tree++) {
    const root = roots[tree];
    const end = tree + 1 < roots.length ? roots[tree + 1] : child.length;
    nodesMax = Math.max(nodesMax, end - root);
    for (let node = root; node < end; node++) {
      if (child[node] === 0) continue;
      const last = lastSplitOf(splitFeature, parent, root, node);
      above[node] = last;
      for (const below of [child[node], child[node] + 1]) {
        parent[below] = node;
        zero[below] = zero[last] * share[below];
        distinct[below] = distinct[node] + (last === root ? 1 : 0);
        distinctMax = Math.max(distinctMax, distinct[below]);
      }
    }
  }
  return { pointGroups: pointGroupsOf(distinctMax), share, zero, above, nodesMax };
}

/** The product over all features of a way but one has a degree of one less than they are. */
function pointGroupsOf(distinctMax: number): PointGroup[] {
  const count = Math.max(1, Math.floor((distinctMax + 1) / 2));
  const { points, weights } = gaussLegendre(count);
  const groups: PointGroup[] = [];
  for (let first = 0; first < count; first += LANES) {
    const lane = (k: number) => first + k;
    const t = Float64Array.from({ length: LANES }, (_, k) => points[lane(k)] ?? 0.5);
    groups.push({
      t,
      weight: Float64Array.from({ length: LANES }, (_, k) => weights[lane(k)] ?? 0),
      rest: t.map((point) => 1 - point),
      inverseRest: t.map((point) => 1 / (1 - point)),
    });
  }
  return groups;
}

/** The nearest node at or above `node` that is led into by the feature it splits, else the root. */
function lastSplitOf(
  splitFeature: Uint16Array,
  parent: Uint32Array,
  root: number,
  node: number,
): number {
  let last = node;
  while (last !== root && splitFeature[parent[last]] !== splitFeature[node]) last = parent[last];
  return last;
}

function sharesOf({ child, size }: Forest): Float64Array {
  const share = new Float64Array(child.length).fill(1);
  for (let node = 0; node < child.length; node++) {
    const left = child[node];
    if (left === 0) continue;
    // Only forests taken over from elsewhere have nodes that no training row has reached.
    share[left] = size[node] === 0 ? 0.5 : size[left] / size[node];
    share[left + 1] = size[node] === 0 ? 0.5 : size[left + 1] / size[node];
  }
  return share;
}
