import { median } from "../numeric/mod.ts";
import { minuteOfDayAt } from "../time/mod.ts";
import type { ZoneTransitions } from "../time/mod.ts";

const HOURS = 24;

/** The usual course of a day: medians of its local hours, joined by straight lines. */
export type Season = readonly number[];

/** Hour of the local day of an instant (ms), 0 to 23. */
export function hourOf(zone: ZoneTransitions, at: number): number {
  return Math.floor(minuteOfDayAt(zone, at) / 60);
}

/** The season of known values by hour; an hour without any takes that of the hour before. */
export function seasonOf(byHour: ReadonlyMap<number, readonly number[]>): Season {
  const medians = Array.from({ length: HOURS }, (_, hour) => median(byHour.get(hour) ?? []));
  const first = medians.findLast((value) => value === value) ?? 0;
  let last = first;
  return medians.map((value) => last = value === value ? value : last);
}

/** What is usual at an instant. Without it a steep hour would hide what changes in it. */
export function usualAt(season: Season, zone: ZoneTransitions, at: number): number {
  // Medians stand for the middle of their hours.
  const position = (minuteOfDayAt(zone, at) / 60 + HOURS - 0.5) % HOURS;
  const before = Math.floor(position);
  const share = position - before;
  return season[before] * (1 - share) + season[(before + 1) % HOURS] * share;
}
