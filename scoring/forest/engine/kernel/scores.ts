// Step 4: scores of sums, two at a time, by the operations of `scoring/numeric/exp2.ts` in its
// order, so that they have its bits.

import { SCORES, SUMS } from "./memory";

const LN2: f64 = 0.6931471805599453;

/** Writes 2^(−sum / half) of the first rows to `SCORES`. */
export function scoreSums(rowCount: i32, half: f64): void {
  const divisor = f64x2.splat(half);
  const end = SUMS + (rowCount << 3);
  for (let at = SUMS; at < end; at += 16) {
    const x = f64x2.neg(f64x2.div(v128.load(at), divisor));
    v128.store(at, exp2(x), SCORES - SUMS);
  }
}

/** For x from −1022 to 0, where a sum of path lengths always is. */
function exp2(x: v128): v128 {
  const exponent = f64x2.floor(f64x2.add(x, f64x2.splat(0.5)));
  const z = f64x2.mul(f64x2.sub(x, exponent), f64x2.splat(LN2));
  let series = f64x2.splat(1.0 / 6227020800.0);
  series = step(series, z, 1.0 / 479001600.0);
  series = step(series, z, 1.0 / 39916800.0);
  series = step(series, z, 1.0 / 3628800.0);
  series = step(series, z, 1.0 / 362880.0);
  series = step(series, z, 1.0 / 40320.0);
  series = step(series, z, 1.0 / 5040.0);
  series = step(series, z, 1.0 / 720.0);
  series = step(series, z, 1.0 / 120.0);
  series = step(series, z, 1.0 / 24.0);
  series = step(series, z, 1.0 / 6.0);
  series = step(series, z, 1.0 / 2.0);
  const squared = f64x2.mul(f64x2.mul(z, z), series);
  const value = f64x2.add(f64x2.splat(1), f64x2.add(z, squared));
  const biased = i64x2.add(
    i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(exponent)),
    i64x2.splat(1023),
  );
  return f64x2.mul(value, i64x2.shl(biased, 52));
}

// @ts-ignore: decorator
@inline
function step(series: v128, z: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(series, z), f64x2.splat(coefficient));
}
