/**
 * What an oblique split compares with its threshold, an f32. All four are f32 numbers, whose
 * products are exact in f64; the sum is rounded to f64 and then to f32. So neither the order of the
 * columns nor a fused multiplication can change a bit.
 *
 * NaN where a column is NaN, and where two columns are infinite against each other: such a row goes
 * left. Where one is infinite, the row goes to the side that the sign of its weight says.
 */
export function obliqueSum(
  weight: number,
  value: number,
  secondWeight: number,
  secondValue: number,
): number {
  return Math.fround(weight * value + secondWeight * secondValue);
}
