import {
  type Period,
  periodAt,
  type PeriodCalendar,
  type ZoneTransitions,
} from "../../../time/mod.ts";

/** Calendars and zones change at full minutes. */
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A stretch of time that lies in one period and one day of UTC. */
export interface PeriodWindow {
  readonly period: Period;
  /** First and past last instant, ms. */
  readonly from: number;
  readonly until: number;
}

/** The window of an instant; every instant of it has the same one. */
export function windowAt(
  calendar: PeriodCalendar,
  zone: ZoneTransitions,
  at: number,
): PeriodWindow {
  const period = periodAt(calendar, zone, at);
  const dayStart = Math.floor(at / DAY_MS) * DAY_MS;
  let from = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  let until = from + MINUTE_MS;
  while (from > dayStart && periodAt(calendar, zone, from - MINUTE_MS) === period) {
    from -= MINUTE_MS;
  }
  while (until < dayStart + DAY_MS && periodAt(calendar, zone, until) === period) {
    until += MINUTE_MS;
  }
  return { period, from, until };
}
