import { cos, ln, type Random } from "../numeric/mod.ts";

const TWO_PI = 6.283185307179586;

/** Evenly between two bounds. */
export function between(random: Random, [min, max]: readonly [number, number]): number {
  return min + random.nextFloat() * (max - min);
}

/** A whole number from one bound to the other, both inclusive. */
export function wholeBetween(random: Random, [min, max]: readonly [number, number]): number {
  return min + random.below(max - min + 1);
}

/** Of the standard normal distribution (Box and Muller 1958). */
export function normal(random: Random): number {
  // 1 − x is never 0, which has no logarithm.
  const radius = Math.sqrt(-2 * ln(1 - random.nextFloat()));
  return radius * cos(TWO_PI * random.nextFloat());
}

/** Puts a list into a random order, in place (Fisher and Yates 1938). */
export function shuffle<T>(random: Random, list: T[]): T[] {
  for (let last = list.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [list[last], list[other]] = [list[other], list[last]];
  }
  return list;
}

/**
 * Noise of unit variance in which one row is correlated with the next: an autoregression of the first
 * order that starts where it would be after long.
 */
export function persistentNoise(
  random: Random,
  rowCount: number,
  persistence: number,
): Float64Array {
  const noise = new Float64Array(rowCount);
  const fresh = Math.sqrt(1 - persistence * persistence);
  let value = normal(random);
  for (let row = 0; row < rowCount; row++) {
    noise[row] = value;
    value = persistence * value + fresh * normal(random);
  }
  return noise;
}
