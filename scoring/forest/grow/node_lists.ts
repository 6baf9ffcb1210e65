import type { ObliqueSplits, SplitKind } from "../forest.ts";

/** What the nodes of a forest with oblique splits have beside the others'. */
export type ObliqueNodes = Omit<ObliqueSplits, "center">;

/** Nodes as in `Forest`; `child` counts from the root of a tree, or from the first of a forest. */
export interface AxisNodes {
  readonly splitFeature: Uint16Array;
  readonly splitValue: Float32Array;
  readonly child: Uint32Array;
  readonly size: Uint16Array;
}

/** Nodes of either kind of splits. */
export interface NodeArrays extends AxisNodes {
  readonly oblique?: ObliqueNodes;
}

/** Gathers trees into the arrays of a forest. */
export interface NodeLists {
  /** Nodes so far. */
  readonly count: number;
  /** Appends a tree of so many nodes, whose children count from its root. */
  append(tree: NodeArrays, nodeCount: number): void;
  /** All nodes, children counted from the first of them. */
  finish(): AxisNodes;
  /** What all nodes have beside, where their splits are oblique. */
  finishOblique(): ObliqueNodes | undefined;
}

/** Expects that most trees are half as wide as they can be, and makes room where they are wider. */
export function createNodeLists(
  treeCount: number,
  rowCount: number,
  heightLimit: number,
  splits: SplitKind = "axis",
): NodeLists {
  const leavesMax = heightLimit < 16 ? Math.min(rowCount, 1 << heightLimit) : rowCount;
  let nodes = withRoom(treeCount * leavesMax, splits);
  let count = 0;
  return {
    get count() {
      return count;
    },
    append(tree, nodeCount) {
      if (count + nodeCount > nodes.child.length) {
        const wider = withRoom(2 * (count + nodeCount), splits);
        copyNodes(nodes, count, wider, 0);
        nodes = wider;
      }
      copyNodes(tree, nodeCount, nodes, count);
      const { child } = nodes;
      for (let node = count; node < count + nodeCount; node++) {
        if (child[node] > 0) child[node] += count;
      }
      count += nodeCount;
    },
    finish: () => ({
      splitFeature: nodes.splitFeature.slice(0, count),
      splitValue: nodes.splitValue.slice(0, count),
      child: nodes.child.slice(0, count),
      size: nodes.size.slice(0, count),
    }),
    finishOblique: () => nodes.oblique && firstOf(nodes.oblique, count),
  };
}

function firstOf(
  { secondFeature, weight, secondWeight }: ObliqueNodes,
  count: number,
): ObliqueNodes {
  return {
    secondFeature: secondFeature.slice(0, count),
    weight: weight.slice(0, count),
    secondWeight: secondWeight.slice(0, count),
  };
}

/** Room for so many nodes. */
export function withRoom(length: number, splits: SplitKind): NodeArrays {
  return {
    splitFeature: new Uint16Array(length),
    splitValue: new Float32Array(length),
    child: new Uint32Array(length),
    size: new Uint16Array(length),
    ...(splits === "oblique" && {
      oblique: {
        secondFeature: new Uint16Array(length),
        weight: new Float32Array(length),
        secondWeight: new Float32Array(length),
      },
    }),
  };
}

function copyNodes(from: NodeArrays, count: number, to: NodeArrays, at: number): void {
  to.splitFeature.set(from.splitFeature.subarray(0, count), at);
  to.splitValue.set(from.splitValue.subarray(0, count), at);
  to.child.set(from.child.subarray(0, count), at);
  to.size.set(from.size.subarray(0, count), at);
  if (!from.oblique || !to.oblique) return;
  to.oblique.secondFeature.set(from.oblique.secondFeature.subarray(0, count), at);
  to.oblique.weight.set(from.oblique.weight.subarray(0, count), at);
  to.oblique.secondWeight.set(from.oblique.secondWeight.subarray(0, count), at);
}
