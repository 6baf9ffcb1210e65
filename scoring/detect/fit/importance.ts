import { seededRows } from "../../algorithm/frame/mod.ts";
import { featureNames } from "../../features/mod.ts";
import { featureImportance } from "../../forest/mod.ts";
import { isForestSection, type Model } from "../model.ts";
import { learntVectors, type ModelFitOptions } from "./fit.ts";
import { matrixOf } from "./training_rows.ts";

/** Training rows that importance is measured on: one takes some tenths of a millisecond. */
const IMPORTANCE_ROWS_MAX = 1_000;

/** How much of all scores is one feature's. */
export interface FeatureShare {
  /** Name of the feature, `metric.transform` or `metric.transform(window)`. */
  readonly feature: string;
  readonly metric: string;
  /** Its mean |Shapley value| among those of all features, 0 to 1. */
  readonly share: number;
}

/**
 * How much each feature matters to the scores of a fitted forest, the most important first: measured
 * by `featureImportance` of the section `any` on at most 1,000 of the training rows, drawn with the
 * model's seed. `undefined` for models that are no forests.
 *
 * @param fit What the model was fitted with, as it keeps no rows.
 */
export function importanceOf(
  { plan, provenance, sections: [any] }: Model,
  fit: ModelFitOptions,
): FeatureShare[] | undefined {
  if (!isForestSection(any)) return undefined;
  const learnt = learntVectors(fit);
  const drawn = seededRows(learnt.length, IMPORTANCE_ROWS_MAX, provenance.seed);
  const rows = matrixOf(Array.from(drawn, (row) => learnt[row]), plan.features.length);
  const parts = featureImportance(any.forest, rows);
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return featureNames(plan)
    .map((feature, column) => ({
      feature,
      metric: plan.features[column].metric,
      share: whole > 0 ? parts[column] / whole : 0,
    }))
    .sort((left, right) => right.share - left.share);
}
