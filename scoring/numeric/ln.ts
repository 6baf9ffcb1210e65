/** ln 2 as a part of 32 bits, whose product with an exponent is exact, and the rest. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = 1.4426950408889634;
const SQRT2 = 1.4142135623730951;

/** 2/(2k+1) for k = 11 … 1: the series of 2·artanh(s) − 2s in s², complete for s² ≤ 0.0295. */
const ARTANH_TERMS = [
  2 / 23,
  2 / 21,
  2 / 19,
  2 / 17,
  2 / 15,
  2 / 13,
  2 / 11,
  2 / 9,
  2 / 7,
  2 / 5,
  2 / 3,
] as const;

const bits = new DataView(new ArrayBuffer(8));

/**
 * Natural logarithm with the same bits in every engine and within 1 ulp. 0 gives −∞, a negative
 * number or NaN gives NaN.
 */
export function ln(x: number): number {
  if (!(x > 0 && x < Infinity)) return edgeCase(x);
  const { exponent, mantissa } = split(x);
  const f = mantissa - 1;
  const halfSquare = 0.5 * f * f;
  const correction = lnCorrection(f, halfSquare);
  if (exponent === 0) return f - (halfSquare - correction);
  return exponent * LN2_HIGH - ((halfSquare - (correction + exponent * LN2_LOW)) - f);
}

/** Logarithm to the base 2, within 2 ulp and exact for powers of two; edge cases as `ln`. */
export function log2(x: number): number {
  if (!(x > 0 && x < Infinity)) return edgeCase(x);
  const { exponent, mantissa } = split(x);
  return exponent + ln(mantissa) * INVERSE_LN2;
}

/**
 * With s = f/(2 + f), ln(1 + f) = 2·artanh(s) = f − f²/2 + s·(f²/2 + 2s²/3 + 2s⁴/5 + …): the
 * largest terms are exact or nearly so, and this is the small rest.
 */
function lnCorrection(f: number, halfSquare: number): number {
  const s = f / (2 + f);
  const square = s * s;
  let series = 0;
  for (const term of ARTANH_TERMS) series = (series + term) * square;
  return s * (halfSquare + series);
}

/** x = mantissa · 2^exponent with the mantissa in [√½, √2]. */
function split(x: number): { exponent: number; mantissa: number } {
  const isSubnormal = x < 2.2250738585072014e-308;
  // 2⁵⁴ lifts every subnormal into the normal range.
  bits.setFloat64(0, isSubnormal ? x * 18014398509481984 : x);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) - 1023 - (isSubnormal ? 54 : 0);
  bits.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  const mantissa = bits.getFloat64(0);
  return mantissa > SQRT2
    ? { exponent: exponent + 1, mantissa: mantissa * 0.5 }
    : { exponent, mantissa };
}

function edgeCase(x: number): number {
  if (x === 0) return -Infinity;
  return x > 0 ? Infinity : NaN;
}
