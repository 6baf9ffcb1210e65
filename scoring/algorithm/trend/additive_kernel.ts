import { cholesky, cos, sin, solveCholesky } from "../../numeric/mod.ts";

/** What an additive model of the last rows is made of. */
export interface AdditiveModel {
  /** Rows that it is fitted to, those just before the one it expects. */
  readonly windowRows: number;
  /** Rows of a season; 0 for none. */
  readonly seasonRows: number;
  /** Sines and cosines of the season. */
  readonly order: number;
}

/** Share of the rows that a coefficient is held back by, beside what data say. */
const RIDGE = 1e-4;
/** Bends of the trend are held back more, so that a straight line stays one. */
const BEND_RIDGE = 1e-2;
/** Where the trend may bend, as shares of the window. */
const BENDS = [0.25, 0.5, 0.75] as const;
const TWO_PI = 6.283185307179586;

/**
 * Weights of the last rows whose sum is what ridge regression expects next: a trend that may bend and
 * Fourier terms of the season are fitted to the window, then looked at one row on. All of it is
 * linear in the rows, so it is one set of weights whatever the rows are, the oldest first. And as
 * sines and cosines of any phase are sums of those of another, it need not know the time.
 */
export function additiveKernel(model: AdditiveModel): Float64Array {
  const { windowRows } = model;
  const size = termCount(model);
  const terms = new Float64Array(windowRows * size);
  for (let row = 0; row < windowRows; row++) {
    writeTerms(model, row - windowRows, terms.subarray(row * size, (row + 1) * size));
  }
  const normal = new Float64Array(size * size);
  for (let row = 0; row < windowRows; row++) {
    for (let first = 0; first < size; first++) {
      const factor = terms[row * size + first];
      for (let second = 0; second <= first; second++) {
        normal[first * size + second] += factor * terms[row * size + second];
      }
    }
  }
  for (let term = 1; term < size; term++) {
    const isBend = term >= 2 && term < 2 + BENDS.length;
    normal[term * size + term] += (isBend ? BEND_RIDGE : RIDGE) * windowRows;
  }
  const solution = new Float64Array(size);
  writeTerms(model, 0, solution);
  solveCholesky(cholesky(normal, size, windowRows), size, solution);
  return Float64Array.from({ length: windowRows }, (_, row) => {
    let weight = 0;
    for (let term = 0; term < size; term++) weight += terms[row * size + term] * solution[term];
    return weight;
  });
}

function termCount({ order }: AdditiveModel): number {
  return 2 + BENDS.length + 2 * order;
}

/** Level, slope, bends, then sine and cosine of each frequency, at a row counted from the next. */
function writeTerms(model: AdditiveModel, row: number, into: Float64Array): void {
  const { windowRows, seasonRows, order } = model;
  const time = 1 + row / windowRows;
  into[0] = 1;
  into[1] = time;
  BENDS.forEach((bend, k) => into[2 + k] = Math.max(0, time - bend));
  for (let k = 1; k <= order; k++) {
    const turns = k * row / seasonRows;
    const angle = TWO_PI * (turns - Math.floor(turns));
    into[2 * k + BENDS.length] = sin(angle);
    into[2 * k + BENDS.length + 1] = cos(angle);
  }
}

/** Σ weights · values, in four sums that a processor can take at once; always in this order. */
export function weightedSum(weights: Float64Array, values: Float64Array): number {
  const whole = weights.length - weights.length % 4;
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let k = 0; k < whole; k += 4) {
    first += weights[k] * values[k];
    second += weights[k + 1] * values[k + 1];
    third += weights[k + 2] * values[k + 2];
    fourth += weights[k + 3] * values[k + 3];
  }
  for (let k = whole; k < weights.length; k++) first += weights[k] * values[k];
  return (first + second) + (third + fourth);
}
