import { offsetMinutesAt, type ZoneTransitions } from "../time/mod.ts";
import type { History } from "./history.ts";

const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
/** Clocks are set by less; a zone that skips a whole day keeps its time of day. */
const CLOCK_CHANGE_MAX_MS = 3 * 60 * MINUTE_MS;

/** What all features of a plan share. */
export interface PlanSource {
  readonly bucketMs: number;
  readonly zone: ZoneTransitions;
}

/** Buckets before one that its seasonal median depends on. */
export function seasonalHistoryBuckets(days: number, bucketMs: number): number {
  return Math.floor((days * DAY_MS + CLOCK_CHANGE_MAX_MS) / bucketMs) + 1;
}

/** Median of the values at the same local time of the days before; NaN when none is known. */
export function openSeasonalMedian(
  history: History,
  days: number,
  { bucketMs, zone }: PlanSource,
): (bucket: number) => number {
  const known = new Float64Array(days);
  return (bucket) => {
    const at = bucket * bucketMs;
    const offset = offsetMinutesAt(zone, at);
    let count = 0;
    for (let day = 1; day <= days; day++) {
      const then = at - day * DAY_MS;
      const value = history.at(
        Math.floor((then + clockChange(offset, offsetMinutesAt(zone, then))) / bucketMs),
      );
      if (value === value) count = insertSorted(known, count, value);
    }
    if (count === 0) return NaN;
    const half = count >> 1;
    return (count & 1) === 1 ? known[half] : (known[half - 1] + known[half]) / 2;
  };
}

function clockChange(now: number, then: number): number {
  const change = (now - then) * MINUTE_MS;
  return Math.abs(change) <= CLOCK_CHANGE_MAX_MS ? change : 0;
}

function insertSorted(sorted: Float64Array, count: number, value: number): number {
  let index = count;
  while (index > 0 && sorted[index - 1] > value) {
    sorted[index] = sorted[index - 1];
    index--;
  }
  sorted[index] = value;
  return count + 1;
}
