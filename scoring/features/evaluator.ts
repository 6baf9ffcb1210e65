import type { ZoneTransitions } from "../time/mod.ts";
import type { FeaturePlan } from "./plan.ts";

/** The feature vector of one closed bucket. */
export interface FeatureVector {
  /** Start of the bucket, ms. */
  readonly bucketAt: number;
  /** One f32 per feature of the plan, in its order; NaN where there is not enough history. */
  readonly values: Float32Array;
  /** False when any feature is NaN: such a bucket is not judged. */
  readonly complete: boolean;
  /** True when no metric of the plan had a point in the bucket. */
  readonly silent: boolean;
}

/** A value of one of the plan's metrics at an event time. */
export interface Sample {
  /** Index into `plan.metrics`. */
  readonly metric: number;
  readonly at: number;
  readonly value: number;
}

/** Aligns samples into buckets and turns each closed bucket into a feature vector, incrementally. */
export interface FeatureEvaluator {
  readonly plan: FeaturePlan;
  /** Buckets that must be folded before one whose vector equals an uninterrupted evaluator's. */
  readonly lookbackBuckets: number;
  /** Adds a sample to its still open bucket, in any order of event time within it. */
  add(sample: Sample): void;
  /** Closes every bucket that ends at or before `watermark`, oldest first. */
  advance(watermark: number): FeatureVector[];
}

export type CreateFeatureEvaluator = (plan: FeaturePlan, zone: ZoneTransitions) => FeatureEvaluator;
