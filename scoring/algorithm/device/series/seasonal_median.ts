import type { RowRing } from "./row_ring.ts";

/** Days whose median is what a time of day usually has: an odd number, so that one bad day is out. */
export const SEASON_DAYS = 3;

/**
 * Median of the values at the same time of the last three days, column by column; of fewer days while
 * the ring fills, but it must hold one.
 */
export function seasonalMedian(ring: RowRing, dayRows: number, into: Float64Array): void {
  const { data } = ring;
  const days = Math.min(SEASON_DAYS, Math.floor((ring.count - 1) / dayRows));
  const first = ring.offset(dayRows);
  const second = days > 1 ? ring.offset(2 * dayRows) : first;
  const third = days > 2 ? ring.offset(3 * dayRows) : first;
  for (let column = 0; column < into.length; column++) {
    const a = data[first + column];
    const b = data[second + column];
    const c = data[third + column];
    into[column] = days === 2 ? (a + b) / 2 : medianOfThree(a, b, c);
  }
}

export function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
