import { medianAbsoluteDeviation, quantile } from "../numeric/mod.ts";

/** Expected value and spread of a series in one period, in the metric's unit. */
export interface BaselineStats {
  readonly count: number;
  readonly median: number;
  /** Median absolute deviation from the median. */
  readonly mad: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly quantiles: {
    readonly p01: number;
    readonly p05: number;
    readonly p25: number;
    readonly p75: number;
    readonly p95: number;
    readonly p99: number;
  };
}

/**
 * Baseline of finite values in any order.
 *
 * @throws {RangeError} when there are none.
 */
export function fitBaseline(values: ArrayLike<number>): BaselineStats {
  if (values.length === 0) {
    throw new RangeError("Cannot fit baseline as it needs at least 1 value: found 0");
  }
  const sorted = Float64Array.from(values).sort();
  const median = quantile(sorted, 0.5);
  return {
    count: sorted.length,
    median,
    // Two values at the far ends of f64 lie further apart than it can say.
    mad: Math.min(medianAbsoluteDeviation(sorted, median), Number.MAX_VALUE),
    mean: meanOf(sorted),
    min: sorted[0],
    max: sorted[sorted.length - 1],
    quantiles: {
      p01: quantile(sorted, 0.01),
      p05: quantile(sorted, 0.05),
      p25: quantile(sorted, 0.25),
      p75: quantile(sorted, 0.75),
      p95: quantile(sorted, 0.95),
      p99: quantile(sorted, 0.99),
    },
  };
}

/** A running mean: the sum of huge values would overflow. */
function meanOf(sorted: Float64Array): number {
  let mean = 0;
  for (let i = 0; i < sorted.length; i++) mean += sorted[i] / (i + 1) - mean / (i + 1);
  return Math.min(Math.max(mean, sorted[0]), sorted[sorted.length - 1]);
}
