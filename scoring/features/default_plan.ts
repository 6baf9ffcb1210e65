import type { FeaturePlan, FeatureSpec, PlannedMetric } from "./plan.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A plan for any device: each metric's level, its residuals and its rolling statistics. */
export function defaultPlan(metrics: readonly PlannedMetric[], bucketMs: number): FeaturePlan {
  return {
    bucketMs,
    metrics,
    features: metrics.flatMap(({ name }) => featuresOf(name, bucketMs)),
  };
}

function featuresOf(metric: string, bucketMs: number): FeatureSpec[] {
  const features: FeatureSpec[] = [
    { metric, transform: "value" },
    { metric, transform: "residual", window: 12 },
    { metric, transform: "rollingMean", window: 12 },
    { metric, transform: "rollingStd", window: 12 },
  ];
  if (bucketMs >= MINUTE_MS && bucketMs <= HOUR_MS) {
    features.push({ metric, transform: "seasonalResidual", window: 3 });
  }
  return features;
}
