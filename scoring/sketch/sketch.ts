import { exp2, log2 } from "../numeric/mod.ts";

/** Every quantile told is off by at most this part of its value. */
export const RELATIVE_ERROR = 0.01;

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG2_GAMMA = log2(GAMMA);

/** Buckets a sign: 2,048 span 17 orders of magnitude. Beyond, the smallest values share a bucket. */
export const BUCKETS_MAX = 2_048;

/** How many values lie in a bucket, by the bucket's index; indices ascend. */
export type SketchBuckets = ReadonlyMap<number, number>;

/**
 * Values of a metric, as counts in buckets whose bounds grow by a factor: a DDSketch (Masson, Rim and
 * Lee 2019). Sketches of parts merge to the sketch of the whole, in any order.
 */
export interface Sketch {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly zeros: number;
  readonly positive: SketchBuckets;
  /** By magnitude. */
  readonly negative: SketchBuckets;
}

export const EMPTY_SKETCH: Sketch = {
  count: 0,
  min: Infinity,
  max: -Infinity,
  mean: 0,
  zeros: 0,
  positive: new Map(),
  negative: new Map(),
};

/**
 * The sketch of finite values in any order.
 *
 * @throws {RangeError} When one of them is not finite.
 */
export function sketchOf(values: Iterable<number>): Sketch {
  const positive = new Map<number, number>();
  const negative = new Map<number, number>();
  let { count, min, max, mean, zeros } = EMPTY_SKETCH;
  for (const value of values) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot sketch values as they must be finite: found ${value}`);
    }
    count++;
    min = Math.min(min, value);
    max = Math.max(max, value);
    mean += value / count - mean / count;
    if (value === 0) zeros++;
    else addTo(value > 0 ? positive : negative, indexOf(Math.abs(value)), 1);
  }
  if (count === 0) return EMPTY_SKETCH;
  return {
    count,
    // There is one zero, as in JSON.
    min: min + 0,
    max: max + 0,
    mean: within(mean, min, max),
    zeros,
    positive: bounded(positive),
    negative: bounded(negative),
  };
}

/** The sketch of the values of both. */
export function mergeSketches(left: Sketch, right: Sketch): Sketch {
  const count = left.count + right.count;
  if (count === 0) return EMPTY_SKETCH;
  const min = Math.min(left.min, right.min);
  const max = Math.max(left.max, right.max);
  const mean = left.mean * (left.count / count) + right.mean * (right.count / count);
  return {
    count,
    min,
    max,
    mean: within(mean, min, max),
    zeros: left.zeros + right.zeros,
    positive: mergedBuckets(left.positive, right.positive),
    negative: mergedBuckets(left.negative, right.negative),
  };
}

/**
 * The value of which a share `q` lies at or below, within 1 % of that value.
 *
 * @param q From 0 to 1; the ends are exact.
 * @throws {RangeError} When the sketch is empty, or `q` is none.
 */
export function sketchQuantile(sketch: Sketch, q: number): number {
  if (!(q >= 0 && q <= 1)) {
    throw new RangeError(`Cannot tell quantile as it must be from 0 to 1: current value is ${q}`);
  }
  const { count, min, max } = sketch;
  if (count === 0) throw new RangeError("Cannot tell quantile as the sketch is empty");
  const rank = Math.floor(q * (count - 1));
  if (rank === 0) return min;
  if (rank === count - 1) return max;
  let seen = 0;
  for (const { value, values } of ascending(sketch)) {
    seen += values;
    if (seen > rank) return within(value, min, max);
  }
  return max;
}

/** A bucket's middle and how many values lie in it. */
export interface SketchStep {
  readonly value: number;
  readonly values: number;
}

/** All buckets by value. */
export function* ascending({ negative, zeros, positive }: Sketch): Generator<SketchStep> {
  for (const [index, values] of [...negative].reverse()) yield { value: -middleOf(index), values };
  if (zeros > 0) yield { value: 0, values: zeros };
  for (const [index, values] of positive) yield { value: middleOf(index), values };
}

/** Bucket i holds magnitudes in (γ^(i−1), γ^i]. */
function indexOf(magnitude: number): number {
  return -Math.floor(-log2(magnitude) / LOG2_GAMMA);
}

/** The value that is off by the same part at both bounds of the bucket. */
function middleOf(index: number): number {
  return Math.min(2 / (GAMMA + 1) * exp2(index * LOG2_GAMMA), Number.MAX_VALUE);
}

/** Rounding leads beside the ends. */
function within(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max) + 0;
}

function addTo(buckets: Map<number, number>, index: number, values: number): void {
  buckets.set(index, (buckets.get(index) ?? 0) + values);
}

function mergedBuckets(left: SketchBuckets, right: SketchBuckets): SketchBuckets {
  const merged = new Map(left);
  for (const [index, values] of right) addTo(merged, index, values);
  return bounded(merged);
}

/** In order, the smallest collapsed into one: the large values of a metric matter more. */
function bounded(buckets: ReadonlyMap<number, number>): SketchBuckets {
  const sorted = [...buckets].sort(([left], [right]) => left - right);
  const excess = sorted.length - BUCKETS_MAX;
  if (excess <= 0) return new Map(sorted);
  const kept = sorted.slice(excess);
  const collapsed = sorted.slice(0, excess).reduce((sum, [, values]) => sum + values, 0);
  kept[0] = [kept[0][0], kept[0][1] + collapsed];
  return new Map(kept);
}
