import type { ZoneTransitions } from "../time/mod.ts";
import { createFeatureEvaluator, type FeatureVector } from "./evaluator.ts";
import { byMetricAndTime } from "./open_buckets.ts";
import type { FeaturePlan } from "./plan.ts";
import type { Sample } from "./sample.ts";

/**
 * Feature vectors of stored samples, in any order: the same evaluator as a stream's, so the same
 * bits. Closes every bucket that ends at or before `until` (ms); without it the last sample's too.
 */
export function foldSeries(
  plan: FeaturePlan,
  zone: ZoneTransitions,
  samples: readonly Sample[],
  until?: number,
): FeatureVector[] {
  const evaluator = createFeatureEvaluator(plan, zone);
  const vectors: FeatureVector[] = [];
  const { bucketMs } = plan;
  let bucket = NaN;
  for (const sample of isAscending(samples) ? samples : samples.toSorted(byTime)) {
    const start = Math.floor(sample.at / bucketMs) * bucketMs;
    if (start !== bucket) {
      bucket = start;
      vectors.push(...evaluator.advance(Math.min(start, until ?? start)));
    }
    evaluator.add(sample);
  }
  vectors.push(...evaluator.advance(until ?? bucket + bucketMs));
  return vectors;
}

function isAscending(samples: readonly Sample[]): boolean {
  return samples.every((sample, index) => index === 0 || samples[index - 1].at <= sample.at);
}

function byTime(a: Sample, b: Sample): number {
  return a.at - b.at || byMetricAndTime(a, b);
}
