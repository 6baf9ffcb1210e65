/**
 * π/2 in three parts; the first two have 33 bits, so that a multiple below 2²⁰ of them is exact.
 */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_MIDDLE = 6.077100506303966e-11;
const HALF_PI_LOW = 2.0222662487959506e-21;
const TWO_OVER_PI = 0.6366197723675814;

/** Beyond it the three parts of π/2 are too short to reduce the angle. */
export const ANGLE_MAX = 1_000_000;

/** (−1)ᵏ/(2k+1)! for k = 8 … 1: sin(r) = r + r³·(…), complete for |r| ≤ π/4. */
const SIN_TERMS = [
  1 / 355687428096000,
  -1 / 1307674368000,
  1 / 6227020800,
  -1 / 39916800,
  1 / 362880,
  -1 / 5040,
  1 / 120,
  -1 / 6,
] as const;

/** (−1)ᵏ/(2k)! for k = 9 … 2: cos(r) = 1 − r²/2 + r⁴·(…), complete for |r| ≤ π/4. */
const COS_TERMS = [
  -1 / 6402373705728000,
  1 / 20922789888000,
  -1 / 87178291200,
  1 / 479001600,
  -1 / 3628800,
  1 / 40320,
  -1 / 720,
  1 / 24,
] as const;

/**
 * Sine of an angle in radians, the same bits in every engine, within 1 ulp.
 *
 * @throws {RangeError} When the angle is finite and beyond ±`ANGLE_MAX`.
 */
export function sin(angle: number): number {
  const { quadrant, r, tail } = reduce(angle);
  const value = quadrant % 2 === 0 ? sinNearZero(r, tail) : cosNearZero(r, tail);
  return quadrant < 2 ? value : -value;
}

/**
 * Cosine of an angle in radians, the same bits in every engine, within 1 ulp.
 *
 * @throws {RangeError} When the angle is finite and beyond ±`ANGLE_MAX`.
 */
export function cos(angle: number): number {
  const { quadrant, r, tail } = reduce(angle);
  const value = quadrant % 2 === 0 ? cosNearZero(r, tail) : sinNearZero(r, tail);
  return quadrant === 0 || quadrant === 3 ? value : -value;
}

/**
 * angle = turns · π/2 + r + tail, with |r| ≤ π/4 and the tail below one ulp of r; quadrant = turns
 * mod 4.
 */
function reduce(angle: number): { quadrant: number; r: number; tail: number } {
  if (Math.abs(angle) === Infinity || angle !== angle) return { quadrant: 0, r: NaN, tail: 0 };
  if (Math.abs(angle) > ANGLE_MAX) {
    throw new RangeError(
      `Cannot reduce an angle beyond ±${ANGLE_MAX} radians: current value is ${angle}`,
    );
  }
  const turns = Math.floor(angle * TWO_OVER_PI + 0.5);
  if (turns === 0) return { quadrant: 0, r: angle, tail: 0 };
  const high = angle - turns * HALF_PI_HIGH;
  const middle = turns * HALF_PI_MIDDLE;
  const rest = high - middle;
  const low = turns * HALF_PI_LOW - ((high - rest) - middle);
  const r = rest - low;
  return { quadrant: turns - 4 * Math.floor(turns / 4), r, tail: (rest - r) - low };
}

/** sin(r + tail), as sin(r) + tail · cos(r) to the first order. */
function sinNearZero(r: number, tail: number): number {
  const square = r * r;
  let series = 0;
  for (const term of SIN_TERMS) series = series * square + term;
  return r + (r * square * series + tail * (1 - 0.5 * square));
}

/** cos(r + tail), as cos(r) − tail · sin(r) to the first order. */
function cosNearZero(r: number, tail: number): number {
  const square = r * r;
  let series = 0;
  for (const term of COS_TERMS) series = series * square + term;
  const half = 0.5 * square;
  const leading = 1 - half;
  // (1 − leading) − half is what the subtraction above has rounded away.
  return leading + (((1 - leading) - half) + (square * square * series - r * tail));
}
