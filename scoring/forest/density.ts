import { createRandom, createSampler, ln } from "../numeric/mod.ts";
import { compiled, type CompiledForest } from "./compiled.ts";
import { creditOblique } from "./engine/oblique_kernel.ts";
import { walkRow, walkRows } from "./engine/walk_kernel.ts";
import type { Forest, Matrix, ObliqueSplits } from "./forest.ts";
import { obliqueSum } from "./oblique_sum.ts";

/**
 * ln of how dense each node of a forest is, in whole units of 2⁻¹³, so that every order of addition
 * gives the same bits; 0 at the roots.
 */
export type NodeDensities = Int32Array<ArrayBuffer>;

/** Scores rows by the densities of the leaves that they reach. */
export interface DensityScorer {
  /**
   * −ln of the leaf's density, mean over the trees: any finite number, higher is worse. Columns are
   * the forest's.
   */
  score(row: Float32Array): number;
  scoreRows(rows: Matrix): Float64Array<ArrayBuffer>;
  /**
   * What each column adds to a row's score; below 0 where it makes the row more ordinary. The two
   * columns of a split share as in `explainRow`; the sum is the score.
   */
  explain(row: Float32Array): Float64Array<ArrayBuffer>;
}

const UNITS = 8192;
/** Rows that the densities of a tree are measured with: several in most leaves. */
const ROWS_MAX = 1024;
/** Least share of a node's width that a side is taken for, as a narrower one says little. */
const WIDTH_MIN = 1 / 1024;

/**
 * Measures how dense the nodes of a forest with oblique splits are: at each split a side's share of
 * the rows over its share of the width, from the least to the greatest sum. Their product on the way
 * to a leaf is the density that Cortes 2021 ("Isolation forests: looking beyond tree depth") scores
 * by. Here each tree is measured with rows of its own, not with those that it was grown from, and
 * half a row is added to each side, so that an empty one is no infinite surprise.
 *
 * @param matrix Training rows of finite values.
 */
export function measureDensities(forest: Forest, matrix: Matrix, seed: number): NodeDensities {
  const tables = compiled(forest);
  const random = createRandom(seed);
  const sampler = createSampler(matrix.rowCount);
  const chosen = new Uint32Array(Math.min(matrix.rowCount, ROWS_MAX));
  const densities = new Int32Array(forest.child.length);
  const sums = new Float32Array(chosen.length);
  for (let tree = 0; tree < forest.roots.length; tree++) {
    sampler.fill(chosen, random);
    const end = forest.roots[tree + 1] ?? forest.child.length;
    measureTree(tables, matrix, { root: forest.roots[tree], end, rows: chosen, sums }, densities);
  }
  return densities;
}

interface MeasuredTree {
  readonly root: number;
  /** The node after its last. */
  readonly end: number;
  /** Their order changes. */
  readonly rows: Uint32Array;
  /** Room for one sum a row. */
  readonly sums: Float32Array;
}

/** Goes through the nodes in their order, in which parents come first. */
function measureTree(
  forest: CompiledForest,
  matrix: Matrix,
  { root, end, rows, sums }: MeasuredTree,
  densities: NodeDensities,
): void {
  const starts = new Uint32Array(end - root);
  const ends = new Uint32Array(end - root);
  ends[0] = rows.length;
  for (let node = root; node < end; node++) {
    const left = forest.next[node];
    if (left === node) continue;
    const start = starts[node - root];
    const stop = ends[node - root];
    fillSums(forest, node, matrix, rows.subarray(start, stop), sums);
    const threshold = forest.threshold[node];
    const width = leftWidth(sums, stop - start, threshold);
    const middle = start + partition(rows.subarray(start, stop), sums, threshold);
    starts[left - root] = start;
    ends[left - root] = starts[left - root + 1] = middle;
    ends[left - root + 1] = stop;
    const density = (count: number, share: number) =>
      densities[node] +
      Math.floor(ln((count + 0.5) / (stop - start + 1) / share) * UNITS + 0.5);
    densities[left] = density(middle - start, width);
    densities[left + 1] = density(stop - middle, 1 - width);
  }
}

function fillSums(
  { feature, oblique }: CompiledForest,
  node: number,
  { data, columnCount }: Matrix,
  rows: Uint32Array,
  sums: Float32Array,
): void {
  const { secondFeature, weight, secondWeight } = obliqueOf(oblique);
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i] * columnCount;
    sums[i] = obliqueSum(
      weight[node],
      data[at + feature[node]],
      secondWeight[node],
      data[at + secondFeature[node]],
    );
  }
}

/** The left side's share of the finite sums' width; a half where there is none. */
function leftWidth(sums: Float32Array, count: number, threshold: number): number {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(sums[i])) continue;
    least = Math.min(least, sums[i]);
    greatest = Math.max(greatest, sums[i]);
  }
  if (!(least < greatest)) return 0.5;
  const share = (threshold - least) / (greatest - least);
  return Math.min(Math.max(share, WIDTH_MIN), 1 - WIDTH_MIN);
}

/** Puts the rows that go left before the others; how many they are. */
function partition(rows: Uint32Array, sums: Float32Array, threshold: number): number {
  let left = 0;
  for (let i = 0; i < rows.length; i++) {
    if (sums[i] >= threshold) continue;
    const row = rows[i];
    rows[i] = rows[left];
    rows[left] = row;
    sums[i] = sums[left];
    left++;
  }
  return left;
}

/** Scores by densities that `measureDensities` has measured for the same forest. */
export function createDensityScorer(forest: Forest, densities: NodeDensities): DensityScorer {
  // Walks add up what leaves have; which unit that is does not matter to them.
  const tables = { ...compiled(forest), pathUnits: densities };
  const scale = UNITS * forest.roots.length;
  return {
    score: (row) => -walkRow(tables, row, 0) / scale,
    scoreRows(rows) {
      const sums = new Float64Array(rows.rowCount);
      walkRows(tables, rows, 0, rows.rowCount, sums);
      return sums.map((sum) => -sum / scale);
    },
    explain(row) {
      const credits = new Float64Array(row.length);
      creditOblique(tables, obliqueOf(tables.oblique), densities, row, credits);
      return credits.map((credit) => credit / scale);
    },
  };
}

/** @throws {RangeError} When a node's density cannot have been measured. */
export function checkDensities(forest: Forest, densities: NodeDensities): void {
  obliqueOf(forest.oblique);
  if (densities.length !== forest.child.length) {
    throw new RangeError(
      `Cannot use densities as there must be ${forest.child.length}: there are ${densities.length}`,
    );
  }
}

function obliqueOf(oblique: ObliqueSplits | undefined): ObliqueSplits {
  if (oblique) return oblique;
  throw new RangeError("Cannot measure densities as splits must be oblique: they are axis");
}
