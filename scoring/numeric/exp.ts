import { exp2 } from "./exp2.ts";

/** ln 2 as a part of 32 bits, whose product with an exponent is exact, and the rest. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = 1.4426950408889634;
const TWO_TO_MINUS_100 = 7.888609052210118e-31;

/**
 * eˣ with the same bits in every engine and within 2 ulp. Below −746 it is 0, from 710 on ∞; NaN
 * gives NaN.
 */
export function exp(x: number): number {
  if (!(x < 710)) return x >= 710 ? Infinity : NaN;
  if (x < -746) return 0;
  const exponent = Math.floor(x * INVERSE_LN2 + 0.5);
  const rest = (x - exponent * LN2_HIGH) - exponent * LN2_LOW;
  const mantissa = exp2(rest * INVERSE_LN2);
  // 2^1024 is no number and 2^−1075 is none, though their products with a mantissa may be.
  if (exponent > 1023) return mantissa * exp2(exponent - 1) * 2;
  if (exponent < -1000) return mantissa * exp2(exponent + 100) * TWO_TO_MINUS_100;
  return mantissa * exp2(exponent);
}

/** Hyperbolic tangent with the same bits in every engine, within 2⁻⁵¹ of the exact value. */
export function tanh(x: number): number {
  if (x !== x) return NaN;
  const falling = exp(-2 * Math.abs(x));
  const value = (1 - falling) / (1 + falling);
  return x < 0 ? -value : value;
}
