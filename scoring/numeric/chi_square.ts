import { exp } from "./exp.ts";
import { ln } from "./ln.ts";

const LN_SQRT_PI = 0.5723649429247001;

/** Halvings that a number of 53 bits can take. */
const STEPS = 200;

/**
 * Quantile of the χ² distribution.
 *
 * @param freedom Degrees of freedom, 1 to 65,535.
 * @param q In (0, 1).
 */
export function chiSquareQuantile(freedom: number, q: number): number {
  let low = 0;
  let high = freedom + 10;
  while (chiSquareBelow(freedom, high) < q) high *= 2;
  for (let step = 0; step < STEPS; step++) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (chiSquareBelow(freedom, middle) < q) low = middle;
    else high = middle;
  }
  return low;
}

/** Share of the χ² distribution below x: the series of the lower incomplete gamma function. */
export function chiSquareBelow(freedom: number, x: number): number {
  if (!(x > 0)) return 0;
  const shape = freedom / 2;
  const half = x / 2;
  let term = exp(shape * ln(half) - half - lnGammaOfHalf(freedom + 2));
  let sum = 0;
  // Terms rise while k < x/2 and then fall ever faster.
  for (let k = 1; term > sum * 1e-17 || k < half; k++) {
    sum += term;
    term *= half / (shape + k);
  }
  return Math.min(sum, 1);
}

/** ln Γ(n / 2). */
function lnGammaOfHalf(n: number): number {
  let sum = n % 2 === 0 ? 0 : LN_SQRT_PI;
  for (let factor = n % 2 === 0 ? 2 : 1; factor < n; factor += 2) sum += ln(factor / 2);
  return sum;
}
