import { checkForest } from "../check.ts";
import type { Forest } from "../forest.ts";

/** A node as it is taken over; a leaf has 0 for its feature, threshold and child. */
export interface ImportedNode {
  readonly feature: number;
  readonly threshold: number;
  /** Index of its left child, which the right one follows. */
  readonly child: number;
  readonly size: number;
}

/** Gathers trees, node by node and each breadth-first, into a forest. */
export class TreeCollector {
  readonly #roots: number[] = [];
  readonly #nodes: ImportedNode[] = [];

  /** Begins a tree, and gives the index that its root will have. */
  begin(): number {
    this.#roots.push(this.#nodes.length);
    return this.#nodes.length;
  }

  push(node: ImportedNode): void {
    this.#nodes.push(node);
  }

  /** @throws {RangeError} naming what no forest can have. */
  finish(head: Pick<Forest, "featureCount" | "subsampleSize" | "averagePath">): Forest {
    const nodes = this.#nodes;
    const forest: Forest = {
      ...head,
      roots: Uint32Array.from(this.#roots),
      splitFeature: Uint16Array.from(nodes, (node) => node.feature),
      splitValue: Float32Array.from(nodes, (node) => node.threshold),
      child: Uint32Array.from(nodes, (node) => node.child),
      size: Uint16Array.from(nodes, (node) => node.size),
    };
    checkForest(forest);
    return forest;
  }
}
