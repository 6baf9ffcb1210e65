import { type DayNumber, formatDate, weekdayOf } from "./civil_date.ts";
import type { ZoneTransitions } from "./period.ts";

const MINUTE_MS = 60_000;
const MINUTES_PER_DAY = 1440;

export const UTC: ZoneTransitions = {
  zone: "UTC",
  from: 0,
  until: 0,
  at: [0],
  offsetMinutes: [0],
};

/** An instant as a zone's civil time. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** ISO day, 1 = Monday … 7 = Sunday. */
  readonly weekday: number;
  /** Minutes after midnight, 0 to 1439. */
  readonly minute: number;
}

/** Minutes that local time is ahead of UTC at an instant (ms). */
export function offsetMinutesAt(zone: ZoneTransitions, at: number): number {
  const starts = zone.at;
  let low = 0;
  let high = starts.length - 1;
  // The last start at or before the instant; the first offset also holds before its start.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= at) low = middle;
    else high = middle - 1;
  }
  return zone.offsetMinutes[low];
}

/** Local civil time of an instant (ms). */
export function localTime(zone: ZoneTransitions, at: number): LocalTime {
  const minutes = localMinutes(zone, at);
  const day = dayOfLocalMinutes(minutes);
  return {
    date: formatDate(day),
    weekday: weekdayOf(day),
    minute: minutes - day * MINUTES_PER_DAY,
  };
}

/** Local minutes after midnight of an instant (ms), 0 to 1439. */
export function minuteOfDayAt(zone: ZoneTransitions, at: number): number {
  const minutes = localMinutes(zone, at);
  return minutes - dayOfLocalMinutes(minutes) * MINUTES_PER_DAY;
}

/** Local ISO day of an instant (ms), 1 = Monday … 7 = Sunday. */
export function weekdayAt(zone: ZoneTransitions, at: number): number {
  return weekdayOf(dayOfLocalMinutes(localMinutes(zone, at)));
}

/** Whole local minutes since 1970-01-01T00:00 of the zone's own clock. */
export function localMinutes(zone: ZoneTransitions, at: number): number {
  return Math.floor(at / MINUTE_MS + offsetMinutesAt(zone, at));
}

export function dayOfLocalMinutes(minutes: number): DayNumber {
  return Math.floor(minutes / MINUTES_PER_DAY);
}
