import { select } from "./select.ts";

/**
 * Quantile of ascending finite values by linear interpolation between the two nearest ranks (type 7
 * of Hyndman and Fan 1996, the default of R and NumPy).
 *
 * @param q From 0 (the least) to 1 (the greatest).
 * @returns NaN when there are no values.
 * @throws {RangeError} When q is outside [0, 1].
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const rank = rankOf(sorted.length, q);
  if (sorted.length === 0) return NaN;
  const below = Math.floor(rank);
  const above = Math.min(below + 1, sorted.length - 1);
  return between(sorted[below], sorted[above], rank - below);
}

/**
 * The same of sizes in any order, finite and at least 0, without sorting all of them. They come to
 * another order.
 *
 * @throws {RangeError} When q is outside [0, 1].
 */
export function quantileOfSizes(sizes: Float64Array, q: number): number {
  const rank = rankOf(sizes.length, q);
  if (sizes.length === 0) return NaN;
  const below = Math.floor(rank);
  const low = select(sizes, below);
  // What comes behind the place of a rank is not less.
  let high = below + 1 < sizes.length ? Infinity : low;
  for (let index = below + 1; index < sizes.length; index++) high = Math.min(high, sizes[index]);
  return between(low, high, rank - below);
}

function rankOf(count: number, q: number): number {
  if (q >= 0 && q <= 1) return q * (count - 1);
  throw new RangeError(`Cannot take quantile as q must be in [0, 1]: current value is ${q}`);
}

/** Values are close when they differ by no more than this share of the greater. */
const CLOSE_SHARE = 1e-10;
/** Numbers of smaller size have fewer digits than others. */
const DIGITS_MIN = 1e-290;

function between(low: number, high: number, share: number): number {
  if (share === 0 || low === high) return low;
  const width = high - low;
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Products of close values round by more than a step between them: quantiles would be out of order.
  if (width <= CLOSE_SHARE * size || size < DIGITS_MIN) return low + width * share;
  // Two products cannot overflow where the difference of the two values could.
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
  return quantileOfSizes(deviations, 0.5);
}
