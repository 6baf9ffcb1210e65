import { defaultPlan, type FeaturePlan, type PlannedMetric } from "../features/mod.ts";
import { isForestAlgorithm } from "./fit_forest.ts";

/** What watches metrics where nobody has said how. */
export interface DefaultDetection {
  readonly algorithm: string;
  readonly plan: FeaturePlan;
}

/**
 * A single metric is judged by what is new in its own history, several by how they move together.
 * Forests get derived features; other algorithms the plain values, as they have a memory of their own.
 */
export function defaultDetection(
  metrics: readonly PlannedMetric[],
  bucketMs: number,
  algorithm = defaultAlgorithm(metrics.length),
): DefaultDetection {
  const plan = isForestAlgorithm(algorithm)
    ? defaultPlan(metrics, bucketMs)
    : valuePlan(metrics, bucketMs);
  return { algorithm, plan };
}

function defaultAlgorithm(_metricCount: number): string {
  return "isolation_forest";
}

function valuePlan(metrics: readonly PlannedMetric[], bucketMs: number): FeaturePlan {
  const features = metrics.map(({ name }) => ({ metric: name, transform: "value" as const }));
  return { bucketMs, metrics, features };
}
