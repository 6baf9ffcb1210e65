import { VALUE_HISTORY_BUCKETS } from "./bucket_value.ts";
import type { FeaturePlan, FeatureSpec, PlannedMetric, Transform } from "./plan.ts";
import { DAY_MS } from "./seasonal_median.ts";
import { TRANSFORMS } from "./transforms.ts";

/** As many metrics as one device's vector needs; each costs rings and windows in memory. */
export const PLAN_METRICS_MAX = 256;
/** Columns of a vector: a forest reads few of more. */
export const PLAN_FEATURES_MAX = 2048;
/** A month at one-minute buckets; all of it is folded again when an edge starts. */
export const LOOKBACK_BUCKETS_MAX = 45_000;
/** Numbers (8 bytes) that one device's evaluator may keep: 32 MB. */
export const PLAN_STATE_MAX = 4_000_000;
/** Quiet incidents need this many silent buckets to resolve before a gap is skipped. */
const LOOKBACK_BUCKETS_MIN = 64;

/** Names of a plan's features, in its order: `metric.transform` or `metric.transform(window)`. */
export function featureNames(plan: FeaturePlan): string[] {
  return plan.features.map(featureName);
}

/** `metric.transform`, `metric.transform(window)` or `calendar.transform`. */
export function featureName({ metric, transform, window }: FeatureSpec): string {
  const { of, windowMin } = TRANSFORMS[transform];
  if (of === "calendar") return `calendar.${transform}`;
  return windowMin === undefined
    ? `${metric}.${transform}`
    : `${metric}.${transform}(${window ?? 1})`;
}

/**
 * Buckets that must be folded before one whose vector, and whose count of silent buckets, equal an
 * uninterrupted evaluator's. Also the longest gap whose silent buckets are told.
 */
export function lookbackBuckets(plan: FeaturePlan): number {
  const values = Math.max(0, ...plan.features.map((spec) => historyBucketsOf(spec, plan.bucketMs)));
  const { memoryBuckets = 0 } = plan;
  return Math.max(LOOKBACK_BUCKETS_MIN, values + VALUE_HISTORY_BUCKETS + memoryBuckets);
}

/**
 * Event time (ms) from which stored points must be folded again, so that an evaluator advanced to
 * `watermark` goes on as if it had never been interrupted.
 */
export function lookbackStart(plan: FeaturePlan, watermark: number): number {
  return (Math.floor(watermark / plan.bucketMs) - lookbackBuckets(plan)) * plan.bucketMs;
}

/** Buckets before the one read whose values a feature depends on. */
export function historyBucketsOf(spec: FeatureSpec, bucketMs: number): number {
  return TRANSFORMS[spec.transform].historyBuckets(spec.window ?? 1, bucketMs);
}

/** @throws RangeError naming the field that breaks a plan's rules and what it must be. */
export function validatePlan(plan: FeaturePlan): void {
  const { bucketMs, metrics, features } = plan;
  if (!Number.isInteger(bucketMs) || bucketMs < 1 || bucketMs > DAY_MS) {
    refuse("bucketMs", "be a whole number from 1 to 86400000", bucketMs);
  }
  checkLength("metrics", metrics, PLAN_METRICS_MAX);
  checkLength("features", features, PLAN_FEATURES_MAX);
  metrics.forEach((metric, index) => checkMetric(metric, `metrics[${index}]`));
  checkUnique("metrics", metrics.map((metric) => metric.name));
  const names = new Set(metrics.map((metric) => metric.name));
  features.forEach((spec, index) => checkFeature(spec, names, plan, `features[${index}]`));
  checkUnique("features", featureNames(plan));
  checkMemory(plan);
  checkState(plan);
}

function checkLength(field: string, list: readonly unknown[], max: number): void {
  if (list.length < 1 || list.length > max) {
    refuse(field, `have 1 to ${max} entries`, list.length);
  }
}

function checkMetric({ name, kind }: PlannedMetric, field: string): void {
  if (name === "") refuse(`${field}.name`, "not be empty", '""');
  if (kind !== "gauge" && kind !== "counter") {
    refuse(`${field}.kind`, 'be "gauge" or "counter"', kind);
  }
}

function checkFeature(
  spec: FeatureSpec,
  metrics: ReadonlySet<string>,
  { bucketMs }: FeaturePlan,
  field: string,
): void {
  const { metric, transform, window } = spec;
  if (!isTransform(transform)) {
    refuse(`${field}.transform`, `be one of ${Object.keys(TRANSFORMS).join(", ")}`, transform);
  }
  const { of, windowMin } = TRANSFORMS[transform];
  if (of === "calendar" ? metric !== "" : !metrics.has(metric)) {
    refuse(`${field}.metric`, of === "calendar" ? "be empty" : "be one of metrics", metric);
  }
  if (windowMin === undefined) {
    if (window !== undefined && window !== 1) refuse(`${field}.window`, "be left out", window);
    return;
  }
  const buckets = historyBucketsOf(spec, bucketMs);
  const isWindow = Number.isInteger(window ?? 1) && (window ?? 1) >= windowMin;
  if (!isWindow || buckets > LOOKBACK_BUCKETS_MAX) {
    const wanted = `be a whole number from ${windowMin}, reaching at most ` +
      `${LOOKBACK_BUCKETS_MAX} buckets back`;
    refuse(`${field}.window`, wanted, window);
  }
}

function checkMemory({ memoryBuckets = 0 }: FeaturePlan): void {
  if (
    Number.isInteger(memoryBuckets) && memoryBuckets >= 0 && memoryBuckets <= LOOKBACK_BUCKETS_MAX
  ) return;
  refuse("memoryBuckets", `be a whole number from 0 to ${LOOKBACK_BUCKETS_MAX}`, memoryBuckets);
}

function checkUnique(field: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) refuse(field, "not repeat one another", name);
    seen.add(name);
  }
}

function checkState(plan: FeaturePlan): void {
  let numbers = 0;
  for (const { transform, window = 1 } of plan.features) {
    numbers += historyBucketsOf({ metric: "", transform, window }, plan.bucketMs);
  }
  if (numbers > PLAN_STATE_MAX) {
    refuse("features", `keep at most ${PLAN_STATE_MAX} buckets together`, numbers);
  }
}

function isTransform(name: string): name is Transform {
  return Object.hasOwn(TRANSFORMS, name);
}

function refuse(field: string, wanted: string, found: unknown): never {
  throw new RangeError(
    `Cannot use feature plan as ${field} must ${wanted}: current value is ${found}`,
  );
}
