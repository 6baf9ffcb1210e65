/** Median of the values pushed last, in order of size at all times. */
export interface RunningMedian {
  readonly count: number;
  push(value: number): void;
  /** NaN before the first value. */
  median(): number;
}

/** Median of the last `size` finite values: it depends on them alone, not on what was before. */
export function createRunningMedian(size: number): RunningMedian {
  const byAge = new Float64Array(size);
  const sorted = new Float64Array(size);
  let next = 0;
  let count = 0;
  return {
    get count() {
      return count;
    },
    push(value) {
      const isFull = count === size;
      const from = isFull ? rankOf(sorted, count, byAge[next]) : count;
      const to = rankOf(sorted, count, value);
      if (to > from) {
        // All between the two move by one place, which is less than all behind each of them.
        sorted.copyWithin(from, from + 1, to);
        sorted[to - 1] = value;
      } else {
        sorted.copyWithin(to + 1, to, from);
        sorted[to] = value;
      }
      if (!isFull) count++;
      byAge[next] = value;
      next = next + 1 === size ? 0 : next + 1;
    },
    median() {
      if (count === 0) return NaN;
      const half = count >> 1;
      return (count & 1) === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    },
  };
}

/** How many of the sorted values are below this one. */
function rankOf(sorted: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
