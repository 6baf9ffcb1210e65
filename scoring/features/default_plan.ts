import type { FeaturePlan, FeatureSpec, PlannedMetric } from "./plan.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Short enough to rise within few buckets, long enough that one odd bucket is not an incident. */
const WINDOW = 12;
/** Sees what drifts away too slowly for the short one. */
const LONG_WINDOW = 72;

/**
 * A plan for any device. Up to hourly buckets each metric gives how unlike its own last days its level,
 * its spread and its course over the day are, and the level itself, which says in which direction:
 * what drifts or recurs becomes known, so models stay true for long. Wider buckets have too short a
 * history for that and give values, residuals and rolling statistics.
 */
export function defaultPlan(metrics: readonly PlannedMetric[], bucketMs: number): FeaturePlan {
  const featuresOf = bucketMs <= HOUR_MS ? noveltiesOf : valuesOf;
  return { bucketMs, metrics, features: metrics.flatMap(({ name }) => featuresOf(name, bucketMs)) };
}

function noveltiesOf(metric: string, bucketMs: number): FeatureSpec[] {
  const features: FeatureSpec[] = [
    { metric, transform: "rollingMean", window: WINDOW },
    { metric, transform: "levelNovelty", window: WINDOW },
    { metric, transform: "levelNovelty", window: LONG_WINDOW },
    { metric, transform: "spreadNovelty", window: WINDOW },
  ];
  // Below a minute the days that it looks back are too many buckets to keep.
  if (bucketMs < MINUTE_MS) return features;
  return [...features, { metric, transform: "seasonalNovelty", window: WINDOW }];
}

function valuesOf(metric: string): FeatureSpec[] {
  return [
    { metric, transform: "value" },
    { metric, transform: "residual", window: WINDOW },
    { metric, transform: "rollingMean", window: WINDOW },
    { metric, transform: "rollingStd", window: WINDOW },
  ];
}
