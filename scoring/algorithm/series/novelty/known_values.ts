/** Known values without which it cannot be told what is novel. */
export const KNOWN_MIN = 64;
const FLOAT32_MAX = 3.4028234663852886e38;

/** What a value is compared with: a bounded multiset, as f32 in ascending order. */
export interface KnownValues {
  /** Takes one value out, which must be known, and another one in; NaN for none. */
  replace(leaving: number, entering: number): void;
  /**
   * Distance of a value to the nearest known one over the range of all of them and the value, from 0
   * to 1. NaN while fewer than `KNOWN_MIN` are known, and of NaN.
   */
  noveltyOf(value: number): number;
}

/** The order follows from which values are known, so its bits do not depend on how they came. */
export function createKnownValues(capacity: number): KnownValues {
  const sorted = new Float32Array(capacity);
  let count = 0;
  return {
    replace(leaving, entering) {
      const hasLeaving = leaving === leaving;
      const from = hasLeaving ? firstAtLeast(sorted, count, rounded(leaving)) : count;
      if (entering !== entering) {
        if (!hasLeaving) return;
        sorted.copyWithin(from, from + 1, count);
        count--;
        return;
      }
      const value = rounded(entering);
      const to = firstAtLeast(sorted, count, value);
      if (to > from) {
        // All between the two move by one place, which is less than all behind each of them.
        sorted.copyWithin(from, from + 1, to);
        sorted[to - 1] = value;
      } else {
        sorted.copyWithin(to + 1, to, from);
        sorted[to] = value;
      }
      if (!hasLeaving) count++;
    },
    noveltyOf(value) {
      if (count < KNOWN_MIN || value !== value) return NaN;
      const own = rounded(value);
      const above = firstAtLeast(sorted, count, own);
      const distance = Math.min(
        above < count ? sorted[above] - own : Infinity,
        above > 0 ? own - sorted[above - 1] : Infinity,
      );
      if (distance === 0) return 0;
      return distance / (Math.max(own, sorted[count - 1]) - Math.min(own, sorted[0]));
    },
  };
}

/** To f32, and without −0, which an order cannot tell from 0. */
function rounded(value: number): number {
  return Math.fround(Math.max(-FLOAT32_MAX, Math.min(FLOAT32_MAX, value))) + 0;
}

/** Index of the first of `count` ascending values that is not below `value`. */
function firstAtLeast(sorted: Float32Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
