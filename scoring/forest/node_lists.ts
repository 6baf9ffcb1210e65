/** Nodes as in `Forest`; `child` counts from the root of a tree, or from the first of a forest. */
export interface NodeArrays {
  readonly splitFeature: Uint16Array;
  readonly splitValue: Float32Array;
  readonly child: Uint32Array;
  readonly size: Uint16Array;
}

/** Gathers trees into the arrays of a forest. */
export interface NodeLists {
  /** Nodes so far. */
  readonly count: number;
  /** Appends a tree of so many nodes, whose children count from its root. */
  append(tree: NodeArrays, nodeCount: number): void;
  /** All nodes, children counted from the first of them. */
  finish(): NodeArrays;
}

/** Expects that most trees are half as wide as they can be, and makes room where they are wider. */
export function createNodeLists(
  treeCount: number,
  rowCount: number,
  heightLimit: number,
): NodeLists {
  const leavesMax = heightLimit < 16 ? Math.min(rowCount, 1 << heightLimit) : rowCount;
  let nodes = withRoom(treeCount * leavesMax);
  let count = 0;
  return {
    get count() {
      return count;
    },
    append(tree, nodeCount) {
      if (count + nodeCount > nodes.child.length) {
        const wider = withRoom(2 * (count + nodeCount));
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
  };
}

function withRoom(length: number): NodeArrays {
  return {
    splitFeature: new Uint16Array(length),
    splitValue: new Float32Array(length),
    child: new Uint32Array(length),
    size: new Uint16Array(length),
  };
}

function copyNodes(from: NodeArrays, count: number, to: NodeArrays, at: number): void {
  to.splitFeature.set(from.splitFeature.subarray(0, count), at);
  to.splitValue.set(from.splitValue.subarray(0, count), at);
  to.child.set(from.child.subarray(0, count), at);
  to.size.set(from.size.subarray(0, count), at);
}
