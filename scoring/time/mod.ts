export * from "./period.ts";
export * from "./calendars.ts";
export * from "./period_at.ts";
export {
  type LocalTime,
  localTime,
  minuteOfDayAt,
  offsetMinutesAt,
  UTC,
  weekdayAt,
} from "./zone.ts";
export * from "./zone_transitions.ts";
