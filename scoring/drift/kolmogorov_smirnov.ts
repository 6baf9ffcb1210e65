import { exp } from "../numeric/mod.ts";

const SQRT_2PI = 2.5066282746310002;
const PI_SQUARED_EIGHTH = 1.2337005501361697;
/** Below it the series of Jacobi's other theta function converges faster; two terms of it are exact. */
const SERIES_CHANGE = 1.18;
const TERMS = 4;

/** Two samples held against one another. */
export interface SampleComparison {
  /** Greatest difference of the two empirical distributions, 0 to 1. */
  readonly distance: number;
  /** Probability of such a distance between independent samples of one distribution. */
  readonly pValue: number;
}

/**
 * The two-sample test of Kolmogorov and Smirnov on finite values in any order, at least one in each
 * sample (Kolmogorov 1933; Smirnov 1948). The p-value is asymptotic; with ties it is too large.
 */
export function kolmogorovSmirnov(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
): SampleComparison {
  const distance = sampleDistance(
    Float64Array.from(left).sort(),
    Float64Array.from(right).sort(),
  );
  const size = left.length * right.length / (left.length + right.length);
  return { distance, pValue: distancePValue(distance, size) };
}

/** Greatest difference between the empirical distribution of ascending values and the uniform on [0, 1]. */
export function uniformDistance(sorted: ArrayLike<number>): number {
  let distance = 0;
  for (let below = 0; below < sorted.length; below++) {
    const value = sorted[below];
    distance = Math.max(
      distance,
      value - below / sorted.length,
      (below + 1) / sorted.length - value,
    );
  }
  return distance;
}

/**
 * Probability that a distance is at least this great by chance.
 *
 * @param size Independent values, > 0; of two samples m·n / (m + n). From 4 on the correction of
 * Stephens (1970) makes the asymptotic distribution good enough.
 */
export function distancePValue(distance: number, size: number): number {
  const root = Math.sqrt(size);
  return kolmogorovTail((root + 0.12 + 0.11 / root) * distance);
}

function sampleDistance(left: Float64Array, right: Float64Array): number {
  let distance = 0;
  let before = 0;
  let beside = 0;
  while (before < left.length && beside < right.length) {
    const value = Math.min(left[before], right[beside]);
    while (left[before] === value) before++;
    while (right[beside] === value) beside++;
    distance = Math.max(distance, Math.abs(before / left.length - beside / right.length));
  }
  return distance;
}

/** Kolmogorov's distribution from above, by whichever series converges at once. */
function kolmogorovTail(statistic: number): number {
  if (statistic < 0.2) return 1;
  let sum = 0;
  if (statistic < SERIES_CHANGE) {
    for (let term = 1; term <= TERMS; term++) {
      const odd = 2 * term - 1;
      sum += exp(-odd * odd * PI_SQUARED_EIGHTH / (statistic * statistic));
    }
    return 1 - SQRT_2PI / statistic * sum;
  }
  for (let term = TERMS; term >= 1; term--) {
    const sign = term % 2 === 1 ? 1 : -1;
    sum += sign * exp(-2 * term * term * statistic * statistic);
  }
  return 2 * sum;
}
