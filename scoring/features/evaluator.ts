import type { ZoneTransitions } from "../time/mod.ts";
import { type BucketValue, createBucketValue } from "./bucket_value.ts";
import { createHistory, type History } from "./history.ts";
import { createOpenBuckets } from "./open_buckets.ts";
import type { FeaturePlan, PlannedMetric } from "./plan.ts";
import { historyBucketsOf, lookbackBuckets, validatePlan } from "./plan_rules.ts";
import { createRollingWindow, type RollingWindow } from "./rolling_window.ts";
import type { Sample } from "./sample.ts";
import { type FeatureReader, type Follower, type MetricSource, TRANSFORMS } from "./transforms.ts";

/** The feature vector of one closed bucket. */
export interface FeatureVector {
  /** Start of the bucket, ms. */
  readonly bucketAt: number;
  /** One f32 per feature of the plan, in its order; NaN where there is not enough history. */
  readonly values: Float32Array;
  /** False when any feature is NaN: such a bucket is not judged. */
  readonly complete: boolean;
  /** True when no metric of the plan had a point in the bucket; all its features are NaN then. */
  readonly silent: boolean;
}

/** Aligns samples into buckets and turns each closed bucket into a feature vector, incrementally. */
export interface FeatureEvaluator {
  readonly plan: FeaturePlan;
  /**
   * Buckets that must be folded before one whose vector equals an uninterrupted evaluator's. After
   * as many silent buckets the rest of a gap is skipped: it gives no vectors.
   */
  readonly lookbackBuckets: number;
  /** Adds a sample to its still open bucket, in any order of event time within it. */
  add(sample: Sample): void;
  /** Closes every bucket that ends at or before `watermark`, oldest first. */
  advance(watermark: number): FeatureVector[];
}

export type CreateFeatureEvaluator = (plan: FeaturePlan, zone: ZoneTransitions) => FeatureEvaluator;

/**
 * An evaluator of a plan in a zone's local time. Its vectors depend on the samples of their own and
 * the `lookbackBuckets` before them alone, not on batches, arrival order or where folding began.
 *
 * @throws RangeError for a plan that `validatePlan` refuses.
 */
export function createFeatureEvaluator(plan: FeaturePlan, zone: ZoneTransitions): FeatureEvaluator {
  validatePlan(plan);
  const { bucketMs } = plan;
  const lookback = lookbackBuckets(plan);
  const device = openDevice(plan, zone);
  const open = createOpenBuckets();
  let firstOpen = -Infinity;
  /** Undefined while no bucket with a sample has come yet, at the start and after a long gap. */
  let next: number | undefined;
  let silentBuckets = 0;

  function closeNext(bucket: number): FeatureVector {
    const samples = open.take(bucket);
    const vector = device.close(bucket, samples);
    silentBuckets = vector.silent ? silentBuckets + 1 : 0;
    next = bucket + 1;
    if (silentBuckets === lookback) {
      device.reset();
      next = undefined;
      silentBuckets = 0;
    }
    return vector;
  }

  return {
    plan,
    lookbackBuckets: lookback,
    add(sample) {
      const bucket = Math.floor(sample.at / bucketMs);
      if (bucket < firstOpen || !Number.isFinite(sample.value)) return;
      open.add(bucket, sample);
    },
    advance(watermark) {
      const end = Math.floor(watermark / bucketMs);
      const vectors: FeatureVector[] = [];
      if (!(end > firstOpen)) return vectors;
      firstOpen = end;
      for (;;) {
        // Not kept before it is closed: an older bucket may still get its first sample.
        const bucket = next ?? open.first();
        if (bucket === undefined || bucket >= end) return vectors;
        vectors.push(closeNext(bucket));
      }
    },
  };
}

/** One device's metrics with their histories, and the readers of its features. */
function openDevice(plan: FeaturePlan, zone: ZoneTransitions) {
  const { bucketMs } = plan;
  const metrics = plan.metrics.map((metric) => openMetric(plan, metric));
  const byName = new Map(plan.metrics.map(({ name }, index) => [name, metrics[index]]));
  const readers: FeatureReader[] = plan.features.map(({ metric, transform, window = 1 }) =>
    // A calendar feature reads no metric; any will do.
    TRANSFORMS[transform].open(byName.get(metric) ?? metrics[0], window, { bucketMs, zone })
  );
  return {
    close(bucket: number, samples: readonly Sample[]): FeatureVector {
      let from = 0;
      for (let index = 0; index < metrics.length; index++) {
        let to = from;
        while (to < samples.length && samples[to].metric === index) to++;
        metrics[index].close(bucket, samples, from, to);
        from = to;
      }
      return readVector(readers, bucket, bucket * bucketMs, samples.length === 0);
    },
    reset() {
      for (const metric of metrics) metric.reset();
    },
  };
}

interface OpenMetric extends MetricSource {
  close: (...bucket: Parameters<BucketValue["close"]>) => void;
  reset(): void;
}

function openMetric(plan: FeaturePlan, metric: PlannedMetric): OpenMetric {
  const value = createBucketValue(metric.kind);
  const history: History = createHistory(historySizeOf(plan, metric));
  const windows = new Map<number, RollingWindow>();
  const followers: Follower[] = [];
  return {
    history,
    rolling(size) {
      let window = windows.get(size);
      if (!window) {
        window = createRollingWindow(size, history);
        windows.set(size, window);
        followers.push(window);
      }
      return window;
    },
    follow(follower) {
      followers.push(follower);
    },
    close(bucket, samples, from, to) {
      const current = value.close(bucket, samples, from, to);
      history.push(bucket, current);
      for (const follower of followers) follower.push(bucket, current);
    },
    reset() {
      value.reset();
      history.reset();
      for (const follower of followers) follower.reset();
    },
  };
}

function historySizeOf(plan: FeaturePlan, { name }: PlannedMetric): number {
  let buckets = 0;
  for (const spec of plan.features) {
    if (spec.metric === name) buckets = Math.max(buckets, historyBucketsOf(spec, plan.bucketMs));
  }
  return buckets + 1;
}

function readVector(
  readers: readonly FeatureReader[],
  bucket: number,
  bucketAt: number,
  silent: boolean,
): FeatureVector {
  const values = new Float32Array(readers.length);
  if (silent) return { bucketAt, values: values.fill(NaN), complete: false, silent };
  let complete = true;
  for (let index = 0; index < readers.length; index++) {
    const value = toFeature(readers[index](bucket));
    values[index] = value;
    if (value !== value) complete = false;
  }
  return { bucketAt, values, complete, silent };
}

const FLOAT32_MAX = 3.4028234663852886e38;

/** The one rounding from f64 to f32; what is beyond its range becomes its end. */
function toFeature(value: number): number {
  return Math.fround(Math.max(-FLOAT32_MAX, Math.min(FLOAT32_MAX, value)));
}
