const FLOAT32_MAX = 3.4028234663852886e38;

/**
 * A bounded multiset of numbers in ascending order, as f32. The order follows from what is held, so
 * that no bit depends on how it came.
 */
export interface SortedValues {
  readonly count: number;
  /** Infinity when there are none. */
  readonly min: number;
  /** −Infinity when there are none. */
  readonly max: number;
  /** Takes one number out, which must be held, and puts another one in; NaN for none. */
  replace(leaving: number, entering: number): void;
  /** From a number of f32 to the nearest one that is held; Infinity when there are none. */
  distanceTo(value: number): number;
}

/** @param capacity Most numbers that are held at one time. */
export function createSortedValues(capacity: number): SortedValues {
  const sorted = new Float32Array(capacity);
  let count = 0;
  // What is asked for often enters next, and what has entered is often asked for: as it is found once.
  let found = NaN;
  let foundAt = 0;
  const find = (value: number) => {
    if (value !== found) {
      found = value;
      foundAt = firstAtLeast(sorted, count, value);
    }
    return foundAt;
  };
  return {
    get count() {
      return count;
    },
    get min() {
      return count === 0 ? Infinity : sorted[0];
    },
    get max() {
      return count === 0 ? -Infinity : sorted[count - 1];
    },
    replace(leaving, entering) {
      const hasLeaving = leaving === leaving;
      const from = hasLeaving ? firstAtLeast(sorted, count, toFloat32(leaving)) : count;
      if (entering !== entering) {
        if (!hasLeaving) return;
        sorted.copyWithin(from, from + 1, count);
        count--;
        found = NaN;
        return;
      }
      const value = toFloat32(entering);
      const to = find(value);
      if (to > from) {
        // All between the two move by one place, which is less than all behind each of them.
        sorted.copyWithin(from, from + 1, to);
        foundAt = to - 1;
      } else sorted.copyWithin(to + 1, to, from);
      sorted[foundAt] = value;
      if (!hasLeaving) count++;
    },
    distanceTo(value) {
      const above = find(value);
      return Math.min(
        above < count ? sorted[above] - value : Infinity,
        above > 0 ? value - sorted[above - 1] : Infinity,
      );
    },
  };
}

/** The nearest finite f32, and 0 for −0, which an order cannot tell from it; NaN stays. */
export function toFloat32(value: number): number {
  return Math.fround(Math.max(-FLOAT32_MAX, Math.min(FLOAT32_MAX, value))) + 0;
}

/** Index of the first of `count` ascending numbers that is not below `value`. */
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
