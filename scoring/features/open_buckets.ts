import type { Sample } from "./sample.ts";

/** Samples of the buckets that are not closed yet. */
export interface OpenBuckets {
  add(bucket: number, sample: Sample): void;
  /** The oldest bucket with a sample. */
  first(): number | undefined;
  /** Removes a bucket and gives its samples ascending by metric, then by event time. */
  take(bucket: number): readonly Sample[];
}

const NONE: readonly Sample[] = [];

export function createOpenBuckets(): OpenBuckets {
  const buckets = new Map<number, Sample[]>();
  return {
    add(bucket, sample) {
      const samples = buckets.get(bucket);
      if (samples) samples.push(sample);
      else buckets.set(bucket, [sample]);
    },
    first() {
      let first: number | undefined;
      for (const bucket of buckets.keys()) {
        if (first === undefined || bucket < first) first = bucket;
      }
      return first;
    },
    take(bucket) {
      const samples = buckets.get(bucket);
      if (!samples) return NONE;
      buckets.delete(bucket);
      return samples.length > 1 ? samples.sort(byMetricAndTime) : samples;
    },
  };
}

/** The value decides last, so that not even two readings of one instant depend on who came first. */
export function byMetricAndTime(a: Sample, b: Sample): number {
  return a.metric - b.metric || a.at - b.at || a.value - b.value;
}
