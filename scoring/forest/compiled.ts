import { exp2 } from "../numeric/mod.ts";
import { averagePathLength, averagePathUnits, unitsPerEdge } from "./average_path.ts";
import type { Forest, ObliqueSplits } from "./forest.ts";

/**
 * A forest's tables for walks without branches: a leaf is its own child, so a walk may take steps
 * too many.
 */
export interface CompiledForest {
  readonly roots: Uint32Array;
  /** Edges from each root to its deepest leaf. */
  readonly heights: Uint8Array;
  readonly feature: Uint16Array;
  /** NaN at a leaf, which no value is at or above. */
  readonly threshold: Float32Array;
  /** Left child; a leaf itself. */
  readonly next: Uint32Array;
  /** Of a leaf: depth + c(size), in units; 0 at an inner node. */
  readonly pathUnits: Int32Array;
  /** treeCount · c(ψ) · unitsPerEdge. */
  readonly halfScoreUnits: number;
  /** Where given, sums of two columns are compared. */
  readonly oblique?: ObliqueSplits;
}

const compiledForests = new WeakMap<Forest, CompiledForest>();

/** The tables of a forest, made at its first use and kept as long as it. */
export function compiled(forest: Forest): CompiledForest {
  let tables = compiledForests.get(forest);
  if (!tables) {
    tables = compile(forest);
    compiledForests.set(forest, tables);
  }
  return tables;
}

/** Sum of path units over all trees that has the score ½. */
export function halfScoreUnitsOf(forest: Forest): number {
  const { roots, subsampleSize, averagePath } = forest;
  return roots.length * averagePathLength(subsampleSize, averagePath) * unitsPerEdge(forest);
}

/** anomalyScore of a row whose path units add up to `sum`. */
export function scoreOfSum(halfScoreUnits: number, sum: number): number {
  return halfScoreUnits === 0 ? 0.5 : exp2(-(sum / halfScoreUnits));
}

function compile(forest: Forest): CompiledForest {
  const { child, roots } = forest;
  const threshold = forest.splitValue.slice();
  const next = child.slice();
  for (let node = 0; node < child.length; node++) {
    if (child[node] !== 0) continue;
    threshold[node] = NaN;
    next[node] = node;
  }
  return {
    roots,
    ...leafPathsOf(forest),
    feature: forest.splitFeature,
    threshold,
    next,
    halfScoreUnits: halfScoreUnitsOf(forest),
    oblique: forest.oblique,
  };
}

/** Made anew at each call, for tables that are made once. */
export function leafPathsOf(forest: Forest): Pick<CompiledForest, "heights" | "pathUnits"> {
  const { child, roots, size } = forest;
  const units = unitsPerEdge(forest);
  const leafUnits = averagePathUnits(forest);
  const depths = new Uint8Array(child.length);
  const heights = new Uint8Array(roots.length);
  const pathUnits = new Int32Array(child.length);
  for (let node = 0, tree = -1; node < child.length; node++) {
    if (node === roots[tree + 1]) tree++;
    const left = child[node];
    const depth = depths[node];
    if (left !== 0) {
      depths[left] = depths[left + 1] = depth + 1;
      continue;
    }
    pathUnits[node] = depth * units + leafUnits(size[node]);
    if (depth > heights[tree]) heights[tree] = depth;
  }
  return { heights, pathUnits };
}
