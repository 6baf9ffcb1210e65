import type { PlannedMetric } from "./plan.ts";
import type { Sample } from "./sample.ts";

/**
 * Beyond this, values are taken for it: far past what a feature (f32) can hold, yet small enough
 * that sums of squares of any window stay finite.
 */
const MAGNITUDE_MAX = 1e100;
/** Buckets that a metric's last value stands in for while it is absent. */
export const CARRY_BUCKETS_MAX = 2;
/** Buckets back to the counter reading that a rate may start from. */
const READING_BUCKETS_MAX = CARRY_BUCKETS_MAX + 1;
/** Buckets before one whose points its value can depend on. */
export const VALUE_HISTORY_BUCKETS = CARRY_BUCKETS_MAX + READING_BUCKETS_MAX;

/** Makes one value a bucket of a metric's samples. */
export interface BucketValue {
  /**
   * Value of the next bucket, from `samples[from]` to before `samples[to]`, ascending by event time;
   * NaN when neither they nor the buckets just before say one.
   */
  close(bucket: number, samples: readonly Sample[], from: number, to: number): number;
  reset(): void;
}

export function createBucketValue(kind: PlannedMetric["kind"]): BucketValue {
  const summary = kind === "counter" ? createRate() : { of: meanOf, reset: () => {} };
  let lastValue = NaN;
  let lastBucket = -Infinity;
  return {
    close(bucket, samples, from, to) {
      const value = from < to ? summary.of(bucket, samples, from, to) : NaN;
      if (value === value) {
        lastValue = value;
        lastBucket = bucket;
        return value;
      }
      return bucket - lastBucket <= CARRY_BUCKETS_MAX ? lastValue : NaN;
    },
    reset() {
      lastValue = NaN;
      lastBucket = -Infinity;
      summary.reset();
    },
  };
}

function meanOf(_bucket: number, samples: readonly Sample[], from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += limited(samples[index].value);
  return sum / (to - from);
}

/**
 * Increase per second since the counter's last reading. A reading below the one before it means
 * that the counter began again at zero.
 */
function createRate() {
  let reading = NaN;
  let readAt = NaN;
  let readIn = -Infinity;
  return {
    of(bucket: number, samples: readonly Sample[], from: number, to: number): number {
      const known = bucket - readIn <= READING_BUCKETS_MAX;
      const startedAt = known ? readAt : samples[from].at;
      let last = known ? reading : limited(samples[from].value);
      let increase = 0;
      for (let index = known ? from : from + 1; index < to; index++) {
        const value = limited(samples[index].value);
        increase += Math.max(0, value >= last ? value - last : value);
        last = value;
      }
      reading = last;
      readAt = samples[to - 1].at;
      readIn = bucket;
      const seconds = (readAt - startedAt) / 1000;
      return seconds > 0 ? increase / seconds : NaN;
    },
    reset() {
      reading = NaN;
      readAt = NaN;
      readIn = -Infinity;
    },
  };
}

function limited(value: number): number {
  return Math.max(-MAGNITUDE_MAX, Math.min(MAGNITUDE_MAX, value));
}
