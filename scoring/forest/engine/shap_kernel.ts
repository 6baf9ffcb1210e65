/** Exact Shapley values in plain TypeScript; `kernel/shap.ts` has the same in WebAssembly. */
import { unitsPerEdge } from "../average_path.ts";
import { compiled } from "../compiled.ts";
import type { Forest } from "../forest.ts";
import { LANES, type PointGroup, type ShapTables, shapTables } from "./shap_tables.ts";

const tablesOfForests = new WeakMap<Forest, ShapTables>();

/** Sum over the trees of what each feature takes away from the row's path, in edges. */
export function shapRow(forest: Forest, row: Float32Array): Float64Array<ArrayBuffer> {
  let tables = tablesOfForests.get(forest);
  if (!tables) {
    tables = shapTables(forest);
    tablesOfForests.set(forest, tables);
  }
  const { child, roots } = forest;
  const walk = newWalk(tables);
  const values = new Float64Array(forest.featureCount);
  for (const group of tables.pointGroups) {
    for (let tree = 0; tree < roots.length; tree++) {
      const end = tree + 1 < roots.length ? roots[tree + 1] : child.length;
      multiplyDown(forest, tables, walk, group, row, roots[tree], end);
      addUp(forest, tables, walk, group, roots[tree], end, values);
    }
  }
  return values;
}

/** Room for one tree at a time; node `root + i` has the entries from i · `LANES`. */
interface Walk {
  /** 1 / the factor of the feature that leads into the node, at each point, where `isTaken`. */
  readonly inverse: Float64Array;
  /** All factors of the node's way multiplied, and the point's weight; later Σ over its leaves. */
  readonly product: Float64Array;
  /** o of the feature that leads into the node. */
  readonly isTaken: Uint8Array;
}

function newWalk({ nodesMax }: ShapTables): Walk {
  return {
    inverse: new Float64Array(nodesMax * LANES),
    product: new Float64Array(nodesMax * LANES),
    isTaken: new Uint8Array(nodesMax),
  };
}

/** From the root to leaves: factors are multiplied, at leaves with their path lengths, too. */
function multiplyDown(
  forest: Forest,
  { share, zero, above }: ShapTables,
  { inverse, product, isTaken }: Walk,
  { t, weight, rest }: PointGroup,
  row: Float32Array,
  root: number,
  end: number,
): void {
  const { child, splitFeature, splitValue } = forest;
  const { pathUnits } = compiled(forest);
  const units = unitsPerEdge(forest);
  isTaken[0] = 1;
  inverse.fill(1, 0, LANES);
  product.set(weight);
  for (let node = root; node < end; node++) {
    const from = (node - root) * LANES;
    const left = child[node];
    if (left === 0) {
      const pathLength = pathUnits[node] / units;
      for (let k = 0; k < LANES; k++) product[from + k] *= pathLength;
      continue;
    }
    const goesRight = +(row[splitFeature[node]] >= splitValue[node]);
    const taken = left + goesRight;
    const other = left + 1 - goesRight;
    const toTaken = (taken - root) * LANES;
    const toOther = (other - root) * LANES;
    const last = above[node] - root;
    isTaken[taken - root] = isTaken[last];
    isTaken[other - root] = 0;
    if (isTaken[last] === 0) {
      // Both factors are z · (1 − t): what is left of their quotient is the share of the edge.
      for (let k = 0; k < LANES; k++) {
        product[toTaken + k] = product[from + k] * share[taken];
        product[toOther + k] = product[from + k] * share[other];
      }
      continue;
    }
    for (let k = 0; k < LANES; k++) {
      const others = product[from + k] * inverse[last * LANES + k];
      const factor = zero[taken] + t[k] * (1 - zero[taken]);
      inverse[toTaken + k] = 1 / factor;
      product[toTaken + k] = others * factor;
      product[toOther + k] = others * zero[other] * rest[k];
    }
  }
}

/**
 * From leaves to root: `product` of a node becomes the sum over its leaves. A feature that has left
 * the row's way above an edge gets nothing there, as (o − z)/factor is −1/(1 − t) before and after.
 */
function addUp(
  { child, splitFeature }: Forest,
  { zero, above }: ShapTables,
  { inverse, product, isTaken }: Walk,
  { inverseRest }: PointGroup,
  root: number,
  end: number,
  values: Float64Array,
): void {
  const credit = new Float64Array(LANES);
  for (let node = end - 1; node >= root; node--) {
    const left = child[node];
    if (left === 0) continue;
    const to = (node - root) * LANES;
    const last = above[node] - root;
    const taken = left + isTaken[left + 1 - root];
    const fromTaken = (taken - root) * LANES;
    const fromOther = (2 * left + 1 - taken - root) * LANES;
    for (let k = 0; k < LANES; k++) {
      const viaTaken = product[fromTaken + k];
      const viaOther = product[fromOther + k];
      const sum = viaTaken + viaOther;
      product[to + k] = sum;
      credit[k] = viaTaken * (1 - zero[taken]) * inverse[fromTaken + k] -
        viaOther * inverseRest[k] - sum * (1 - zero[above[node]]) * inverse[last * LANES + k];
    }
    if (isTaken[last] === 0) continue;
    // A path that is shorter than expected is more anomalous.
    values[splitFeature[node]] -= credit[0] + credit[2] + (credit[1] + credit[3]);
  }
}
