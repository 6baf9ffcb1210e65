import type { NodeRows } from "./draw_split.ts";

/**
 * The threshold that parts a node's rows best by their values, of which two differ at least: an f32
 * with least < threshold ≤ greatest. Values that are not finite take no part.
 */
export type GainThreshold = (values: Float32Array, nodeRows: NodeRows) => number;

/**
 * Finds the threshold whose two sides have the least standard deviation, each side counted by its
 * rows: the greatest pooled gain (σ − (nₗσₗ + nᵣσᵣ)/n)/σ, as in Cortes 2021, "Revisiting randomized
 * choices in isolation forests". It is the middle between two neighbouring values; of equal gains the
 * least counts.
 */
export function createGainThreshold(rowCount: number): GainThreshold {
  const memory = new Float32Array(rowCount);
  return (values, { rows, start, end }) => {
    let count = 0;
    for (let i = start; i < end; i++) {
      const value = values[rows[i]];
      if (Number.isFinite(value)) memory[count++] = value;
    }
    const sorted = memory.subarray(0, count).sort();
    const last = bestCut(sorted);
    const threshold = Math.fround(sorted[last] / 2 + sorted[last + 1] / 2) + 0;
    return threshold > sorted[last] ? threshold : sorted[last + 1] + 0;
  };
}

/** Index of the last value of the left side, whose successor is greater. */
function bestCut(sorted: Float32Array): number {
  const count = sorted.length;
  let mean = 0;
  for (let i = 0; i < count; i++) mean += sorted[i];
  mean /= count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (sorted[i] - mean) * (sorted[i] - mean);
  let best = 0;
  let least = Infinity;
  let sumLeft = 0;
  let squaresLeft = 0;
  for (let i = 0; i + 1 < count; i++) {
    // Centred values keep the differences of large sums exact enough.
    const value = sorted[i] - mean;
    sumLeft += value;
    squaresLeft += value * value;
    if (sorted[i] === sorted[i + 1]) continue;
    // Centred values add up to 0, so the right side's sum is −sumLeft.
    const pooled = spread(squaresLeft, sumLeft, i + 1) +
      spread(squares - squaresLeft, sumLeft, count - i - 1);
    if (pooled < least) {
      least = pooled;
      best = i;
    }
  }
  return best;
}

/** Rows times their standard deviation: n·√(Σv²/n − (Σv/n)²) = √(n·Σv² − (Σv)²). */
function spread(squares: number, sum: number, count: number): number {
  return Math.sqrt(Math.max(0, count * squares - sum * sum));
}
