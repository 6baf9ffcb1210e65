import { forestKernel } from "../engine/mod.ts";
import type { Forest } from "../forest.ts";
import { checkAxisSplits } from "../split_kind_error.ts";
import { type Attribution, basePath } from "./path_attribution.ts";

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
 * About a hundred times the work of `scoreRow`, where `explainRow` is less than twice that work.
 *
 * @throws {RangeError} When row and forest differ in their columns.
 * @throws {SplitKindError} When splits are oblique: what a set of features expects is not defined.
 */
export function shapRow(forest: Forest, row: Float32Array): Attribution {
  if (row.length !== forest.featureCount) {
    throw new RangeError(
      `Cannot explain row as it must have ${forest.featureCount} columns: it has ${row.length}`,
    );
  }
  checkAxisSplits(forest, "find Shapley values");
  const contributions = forestKernel().shapRow(forest, row);
  const treeCount = forest.roots.length;
  for (let i = 0; i < contributions.length; i++) contributions[i] /= treeCount;
  return { base: basePath(forest), contributions };
}
