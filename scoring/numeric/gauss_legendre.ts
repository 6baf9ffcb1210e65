import { cos } from "./sin_cos.ts";

const PI = 3.141592653589793;

/** Σ weights[k] · f(points[k]) for the integral of f from 0 to 1. */
export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Gauss-Legendre quadrature over [0, 1]: n points integrate every polynomial of a degree up to
 * 2n − 1 exactly, save for rounding. The points are the zeros of the Legendre polynomial Pₙ, found
 * by Newton's method from the estimate of Abramowitz and Stegun 1964, 22.16.6.
 *
 * @param n 1 to 64.
 * @throws {RangeError} When n is out of range.
 */
export function gaussLegendre(n: number): Quadrature {
  if (!(Number.isInteger(n) && n >= 1 && n <= 64)) {
    throw new RangeError(`Cannot make quadrature as n must be an integer in [1, 64]: ${n}`);
  }
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const x = zeroNear(n, -cos(PI * (k + 0.75) / (n + 0.5)));
    const { slope } = legendre(n, x);
    points[k] = (1 + x) / 2;
    weights[k] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}

/** Newton's method doubles the digits at each step; the estimate has three. */
const NEWTON_STEPS = 6;

function zeroNear(n: number, estimate: number): number {
  let x = estimate;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const { value, slope } = legendre(n, x);
    x -= value / slope;
  }
  return x;
}

/** Pₙ(x) and its derivative by Bonnet's recursion, |x| < 1. */
function legendre(n: number, x: number): { value: number; slope: number } {
  let before = 1;
  let value = x;
  for (let k = 2; k <= n; k++) {
    const next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
    before = value;
    value = next;
  }
  return { value, slope: n * (before - x * value) / (1 - x * x) };
}
