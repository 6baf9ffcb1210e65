const LN2 = 0.6931471805599453;

/**
 * 1/n! for n = 13 … 2: the Taylor series of eᶻ, whose next term is below 2⁻⁵⁶ for |z| ≤ ln 2 / 2.
 */
const INVERSE_FACTORIALS = [
  1 / 6227020800,
  1 / 479001600,
  1 / 39916800,
  1 / 3628800,
  1 / 362880,
  1 / 40320,
  1 / 5040,
  1 / 720,
  1 / 120,
  1 / 24,
  1 / 6,
  1 / 2,
] as const;

const bits = new DataView(new ArrayBuffer(8));

/**
 * 2ˣ with the same bits in every engine and within 1 ulp, which `Math.pow` does not promise. Exact
 * for integers. Below −1075 it is 0, from 1024 on ∞; NaN gives NaN.
 */
export function exp2(x: number): number {
  if (!(x < 1024)) return x >= 1024 ? Infinity : NaN;
  if (x < -1075) return 0;
  const exponent = Math.floor(x + 0.5);
  return scale(expNearZero((x - exponent) * LN2), exponent);
}

/** eᶻ for |z| ≤ ln 2 / 2. */
export function expNearZero(z: number): number {
  let series = 0;
  for (const coefficient of INVERSE_FACTORIALS) series = series * z + coefficient;
  return 1 + (z + z * z * series);
}

/** value · 2^exponent for value in [0.7, 1.5], rounded once; the exponent is −1075 to 1024. */
export function scale(value: number, exponent: number): number {
  if (exponent > 1023) return value * powerOfTwo(exponent - 1) * 2;
  if (exponent >= -1022) return value * powerOfTwo(exponent);
  // The first factor is exact, so only the step into the subnormals rounds.
  return value * powerOfTwo(exponent + 1022) * powerOfTwo(-1022);
}

/** 2^exponent for a normal number, −1022 to 1023, written as its bits. */
function powerOfTwo(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20);
  return bits.getFloat64(0);
}
