import { gaussLegendre, type Quadrature } from "../../numeric/mod.ts";
import { unitsPerEdge } from "../average_path.ts";
import { compiled, type CompiledForest } from "../compiled.ts";
import type { Forest } from "../forest.ts";
import type { Attribution } from "./path_attribution.ts";

/**
 * Exact Shapley values of a row's mean path length: the path-dependent TreeSHAP of Lundberg et al.
 * 2020. The game's value of a set of features is the path length that the forest expects when these
 * features go the row's way and all others go each way as often as the training rows did.
 *
 * A leaf of path length v, on whose way feature f leads the row (o_f = 1) or not (0) and led the
 * share z_f of the training rows, gives f by Owen's integral (1972)
 *
 *     (o_f − z_f) · v · ∫₀¹ ∏ (z_g + t·(o_g − z_g)) dt    over the other features g of the way,
 *
 * a polynomial in t that Gauss-Legendre quadrature integrates exactly. At each of its points t one
 * pass down a tree multiplies the factors, and one pass up adds leaves and credits each edge with
 * (o_f − z_f) over its factor, less the same of the last edge above it that splits f too, whose
 * factor it replaces (as Yu et al. 2022, Linear TreeSHAP, do with polynomials as such).
 *
 * About a hundred times the work of `scoreRow`; `explainRow` is about twice that work.
 *
 * @throws {RangeError} When row and forest differ in their columns.
 */
export function shapRow(forest: Forest, row: Float32Array): Attribution {
  if (row.length !== forest.featureCount) {
    throw new RangeError(
      `Cannot explain row as it must have ${forest.featureCount} columns: it has ${row.length}`,
    );
  }
  const tables = shapTables(forest);
  const walk = newWalk(tables);
  const contributions = new Float64Array(forest.featureCount);
  for (let tree = 0; tree < forest.roots.length; tree++) {
    const root = forest.roots[tree];
    const end = tree + 1 < forest.roots.length ? forest.roots[tree + 1] : forest.child.length;
    multiplyDown(forest, tables, walk, row, root, end);
    addUp(forest, tables, walk, root, end, contributions);
  }
  const treeCount = forest.roots.length;
  for (let i = 0; i < contributions.length; i++) contributions[i] /= treeCount;
  return { base: tables.base, contributions };
}

/** What no row changes, made at a forest's first use and kept as long as its other tables. */
interface ShapTables {
  readonly quadrature: Quadrature;
  /** Mean over the trees of the path length expected of a row, in edges. */
  readonly base: number;
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
  /** Path length of a leaf in edges. */
  readonly pathLength: Float64Array;
  /** Nodes of the largest tree. */
  readonly nodesMax: number;
}

const tablesOfForests = new WeakMap<CompiledForest, ShapTables>();

function shapTables(forest: Forest): ShapTables {
  const key = compiled(forest);
  let tables = tablesOfForests.get(key);
  if (!tables) {
    tables = makeTables(forest, key);
    tablesOfForests.set(key, tables);
  }
  return tables;
}

function makeTables(forest: Forest, { pathUnits }: CompiledForest): ShapTables {
  const { child, roots, splitFeature } = forest;
  const units = unitsPerEdge(forest);
  const pathLength = Float64Array.from(pathUnits, (sum) => sum / units);
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
  return {
    // The product over all features of a way but one has a degree of one less than they are.
    quadrature: gaussLegendre(Math.max(1, Math.floor((distinctMax + 1) / 2))),
    base: baseOf(forest, share, pathLength),
    share,
    zero,
    above,
    pathLength,
    nodesMax,
  };
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

function baseOf({ child, roots }: Forest, share: Float64Array, pathLength: Float64Array): number {
  const expected = pathLength.slice();
  for (let node = child.length - 1; node >= 0; node--) {
    const left = child[node];
    if (left === 0) continue;
    expected[node] = share[left] * expected[left] + share[left + 1] * expected[left + 1];
  }
  let sum = 0;
  for (const root of roots) sum += expected[root];
  return sum / roots.length;
}

/** Room for one tree at a time; node `root + i` has the entries from i · points. */
interface Walk {
  /** 1 / the factor of the feature that leads into the node, at each point, where `isTaken`. */
  readonly inverse: Float64Array;
  /** All factors of the node's way multiplied, and the point's weight; later Σ over its leaves. */
  readonly product: Float64Array;
  /** o of the feature that leads into the node. */
  readonly isTaken: Uint8Array;
}

function newWalk({ quadrature, nodesMax }: ShapTables): Walk {
  const entries = nodesMax * quadrature.points.length;
  return {
    inverse: new Float64Array(entries),
    product: new Float64Array(entries),
    isTaken: new Uint8Array(nodesMax),
  };
}

function multiplyDown(
  { child, splitFeature, splitValue }: Forest,
  { quadrature: { points, weights }, share, zero, above, pathLength }: ShapTables,
  { inverse, product, isTaken }: Walk,
  row: Float32Array,
  root: number,
  end: number,
): void {
  const n = points.length;
  isTaken[0] = 1;
  for (let k = 0; k < n; k++) {
    inverse[k] = 1;
    product[k] = weights[k];
  }
  for (let node = root; node < end; node++) {
    const from = (node - root) * n;
    const left = child[node];
    if (left === 0) {
      for (let k = 0; k < n; k++) product[from + k] *= pathLength[node];
      continue;
    }
    const goesRight = +(row[splitFeature[node]] >= splitValue[node]);
    const toTaken = (left - root + goesRight) * n;
    const toOther = (left - root + 1 - goesRight) * n;
    const last = above[node] - root;
    isTaken[left - root] = isTaken[last] & (1 - goesRight);
    isTaken[left - root + 1] = isTaken[last] & goesRight;
    if (isTaken[last] === 0) {
      // Both factors are z · (1 − t): what is left of their quotient is the share of the edge.
      for (let k = 0; k < n; k++) {
        product[toTaken + k] = product[from + k] * share[left + goesRight];
        product[toOther + k] = product[from + k] * share[left + 1 - goesRight];
      }
      continue;
    }
    const z = zero[left + goesRight];
    const zOther = zero[left + 1 - goesRight];
    for (let k = 0; k < n; k++) {
      const t = points[k];
      const others = product[from + k] * inverse[last * n + k];
      const factor = z + t * (1 - z);
      inverse[toTaken + k] = 1 / factor;
      product[toTaken + k] = others * factor;
      product[toOther + k] = others * zOther * (1 - t);
    }
  }
}

/**
 * From leaves to root: `product` of a node becomes the sum over its leaves. A feature that has left
 * the row's way above an edge gets nothing there, as (o − z)/factor is −1/(1 − t) before and after.
 */
function addUp(
  { child, splitFeature }: Forest,
  { quadrature: { points }, zero, above }: ShapTables,
  { inverse, product, isTaken }: Walk,
  root: number,
  end: number,
  contributions: Float64Array,
): void {
  const n = points.length;
  for (let node = end - 1; node >= root; node--) {
    const left = child[node];
    if (left === 0) continue;
    const to = (node - root) * n;
    const last = above[node] - root;
    if (isTaken[last] === 0) {
      const from = (left - root) * n;
      for (let k = 0; k < n; k++) product[to + k] = product[from + k] + product[from + n + k];
      continue;
    }
    const taken = left + isTaken[left + 1 - root];
    const fromTaken = (taken - root) * n;
    const fromOther = (2 * left + 1 - taken - root) * n;
    const oneMinusZ = 1 - zero[taken];
    const before = 1 - zero[above[node]];
    let credit = 0;
    for (let k = 0; k < n; k++) {
      const viaTaken = product[fromTaken + k];
      const viaOther = product[fromOther + k];
      product[to + k] = viaTaken + viaOther;
      credit += viaTaken * oneMinusZ * inverse[fromTaken + k] - viaOther / (1 - points[k]) -
        (viaTaken + viaOther) * before * inverse[last * n + k];
    }
    // A path that is shorter than expected is more anomalous.
    contributions[splitFeature[node]] -= credit;
  }
}
