/**
 * Quantile of ascending finite values by linear interpolation between the two nearest ranks (type 7
 * of Hyndman and Fan 1996, the default of R and NumPy).
 *
 * @param q From 0 (the least) to 1 (the greatest).
 * @returns NaN when there are no values.
 * @throws {RangeError} When q is outside [0, 1].
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (!(q >= 0 && q <= 1)) {
    throw new RangeError(`Cannot take quantile as q must be in [0, 1]: current value is ${q}`);
  }
  if (sorted.length === 0) return NaN;
  const rank = q * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below];
  const high = sorted[Math.min(below + 1, sorted.length - 1)];
  const share = rank - below;
  if (share === 0 || low === high) return low;
  // Two products cannot overflow where a difference of the two values could.
  return Math.min(Math.max(low * (1 - share) + high * share, low), high);
}

/** Median of finite values in any order; NaN when there are none. */
export function median(values: ArrayLike<number>): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}

/** Median of |value − centre| for finite values in any order; NaN when there are none. */
export function medianAbsoluteDeviation(
  values: ArrayLike<number>,
  centre: number = median(values),
): number {
  const deviations = Float64Array.from(values);
  for (let i = 0; i < deviations.length; i++) deviations[i] = Math.abs(deviations[i] - centre);
  return quantile(deviations.sort(), 0.5);
}
