import { expNearZero, scale } from "./exp2.ts";

/** ln 2 as a part of 32 bits, whose product with an exponent is exact, and the rest. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = 1.4426950408889634;

/**
 * eˣ with the same bits in every engine and within 1 ulp. Below −745.2 it is 0, from 710 on ∞; NaN
 * gives NaN.
 */
export function exp(x: number): number {
  if (!(x < 710)) return x >= 710 ? Infinity : NaN;
  if (x < -745.2) return 0;
  const exponent = Math.floor(x * INVERSE_LN2 + 0.5);
  const rest = (x - exponent * LN2_HIGH) - exponent * LN2_LOW;
  return scale(expNearZero(rest), exponent);
}

/** Hyperbolic tangent with the same bits in every engine, within 2⁻⁵¹ of the exact value. */
export function tanh(x: number): number {
  if (x !== x) return NaN;
  const falling = exp(-2 * Math.abs(x));
  const value = (1 - falling) / (1 + falling);
  return x < 0 ? -value : value;
}
