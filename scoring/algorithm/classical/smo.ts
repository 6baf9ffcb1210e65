/** Solution of the one-class problem: rows are inside where Σ alpha·kernel is above rho. */
export interface OneClassSolution {
  /** In [0, 1], adding up to nu · count. */
  readonly alpha: Float64Array;
  readonly rho: number;
}

/** How far the optimality conditions may be missed; that of LIBSVM. */
const TOLERANCE = 1e-3;
/** Far past the few per row that are needed; a bound for kernels on which rounding turns in circles. */
const STEPS_A_ROW = 1000;
/** Curvature of a pair of rows that lie on one another. */
const CURVATURE_MIN = 1e-12;

/**
 * Minimises ½ αᵀKα under 0 ≤ α ≤ 1 and Σα = nu · count by sequential minimal optimization: two
 * weights a step, the pair chosen by second order (Fan, Chen and Lin 2005), as LIBSVM does.
 *
 * @param kernel count × count, symmetric and positive semidefinite.
 */
export function solveOneClass(kernel: Float64Array, count: number, nu: number): OneClassSolution {
  const alpha = new Float64Array(count);
  const whole = Math.floor(nu * count);
  alpha.fill(1, 0, whole);
  if (whole < count) alpha[whole] = nu * count - whole;
  const gradient = gradientOf(kernel, alpha);
  for (let step = 0; step < STEPS_A_ROW * count; step++) {
    const pair = choosePair(kernel, alpha, gradient);
    if (!pair) break;
    const [grows, shrinks] = pair;
    const curvature = curvatureOf(kernel, count, grows, shrinks);
    const wanted = (gradient[shrinks] - gradient[grows]) / curvature;
    const change = Math.min(wanted, 1 - alpha[grows], alpha[shrinks]);
    // Ends are set, not reached by sums, so that no weight stays a rounding away from them.
    alpha[grows] = change === 1 - alpha[grows] ? 1 : alpha[grows] + change;
    alpha[shrinks] = change === alpha[shrinks] ? 0 : alpha[shrinks] - change;
    for (let k = 0; k < count; k++) {
      gradient[k] += change * (kernel[grows * count + k] - kernel[shrinks * count + k]);
    }
  }
  return { alpha, rho: offsetOf(alpha, gradient) };
}

function gradientOf(kernel: Float64Array, alpha: Float64Array): Float64Array {
  const count = alpha.length;
  const gradient = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    if (alpha[row] === 0) continue;
    for (let k = 0; k < count; k++) gradient[k] += alpha[row] * kernel[row * count + k];
  }
  return gradient;
}

/** Which weight is to grow and which to shrink; `undefined` at the optimum. */
function choosePair(
  kernel: Float64Array,
  alpha: Float64Array,
  gradient: Float64Array,
): [number, number] | undefined {
  const count = alpha.length;
  let grows = -1;
  let greatest = -Infinity;
  for (let k = 0; k < count; k++) {
    if (alpha[k] < 1 && (grows < 0 || gradient[k] < gradient[grows])) grows = k;
    if (alpha[k] > 0) greatest = Math.max(greatest, gradient[k]);
  }
  if (grows < 0 || greatest - gradient[grows] < TOLERANCE) return undefined;
  let shrinks = -1;
  let most = 0;
  for (let k = 0; k < count; k++) {
    const difference = gradient[k] - gradient[grows];
    if (alpha[k] === 0 || difference <= 0) continue;
    const gain = difference * difference / curvatureOf(kernel, count, grows, k);
    if (gain > most) [shrinks, most] = [k, gain];
  }
  return shrinks < 0 ? undefined : [grows, shrinks];
}

function curvatureOf(kernel: Float64Array, count: number, first: number, second: number): number {
  const curvature = kernel[first * count + first] + kernel[second * count + second] -
    2 * kernel[first * count + second];
  return Math.max(curvature, CURVATURE_MIN);
}

/** Mean gradient of the weights between the ends, which all have the same at the optimum. */
function offsetOf(alpha: Float64Array, gradient: Float64Array): number {
  let sum = 0;
  let free = 0;
  let low = -Infinity;
  let high = Infinity;
  alpha.forEach((weight, k) => {
    if (weight > 0 && weight < 1) {
      sum += gradient[k];
      free++;
    } else if (weight === 1) low = Math.max(low, gradient[k]);
    else high = Math.min(high, gradient[k]);
  });
  if (free > 0) return sum / free;
  if (high === Infinity) return low;
  return low === -Infinity ? high : (low + high) / 2;
}
