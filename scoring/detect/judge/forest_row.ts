import { featureNames } from "../../features/mod.ts";
import type { FeaturePlan } from "../../features/mod.ts";
import { counterfactual, shapRow } from "../../forest/mod.ts";
import type { ForestSection } from "../model.ts";
import { pathContributions } from "./tell.ts";
import type { Contribution } from "./verdict.ts";

/** One feature that has another value in a row that is normal. */
export interface FeatureChange {
  /** Name of the feature, `metric.transform` or `metric.transform(window)`. */
  readonly feature: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
}

/** The nearest row that a forest takes for normal. */
export interface NormalRow {
  /** One or two, in the order of the plan's features. */
  readonly changes: readonly FeatureChange[];
  /** Of the changed row, at most the threshold. */
  readonly score: number;
}

/**
 * Contributions of a row by exact Shapley values in place of path attribution. They have the same
 * sum, but what features do together is shared evenly, wherever in the trees each is split.
 *
 * @throws {SplitKindError} When the forest's splits are oblique.
 */
export function shapleyContributions(
  plan: FeaturePlan,
  section: ForestSection,
  values: Float32Array,
): Contribution[] {
  return pathContributions(plan, section, values, shapRow);
}

/**
 * The smallest change of one or two features with which a row is no longer anomalous, in units of
 * the features' median absolute deviations in training; it is verified by scoring the changed row.
 * `undefined` where no change that is searched does it, or where the row is normal as it is.
 *
 * Features change one by one. Where several are of one metric, no points may lead to such a row.
 */
export function nearestNormalRow(
  plan: FeaturePlan,
  { forest, calibration }: ForestSection,
  values: Float32Array,
  threshold: number,
): NormalRow | undefined {
  const found = counterfactual(forest, values, { threshold, scales: calibration.deviations });
  if (!found || found.changes.length === 0) return undefined;
  const names = featureNames(plan);
  const changes = found.changes.map(({ feature, from, to }) => (
    { feature: names[feature], metric: plan.features[feature].metric, from, to }
  ));
  return { changes, score: found.score };
}
