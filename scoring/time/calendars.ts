import type { PeriodCalendar, PeriodRule } from "./period.ts";

const WORKDAYS = [1, 2, 3, 4, 5] as const;
const WEEKEND = [6, 7] as const;
const HOUR = 60;

const SHARED_RULES: readonly PeriodRule[] = [
  { period: "business", days: WORKDAYS, fromMinute: 8 * HOUR, toMinute: 18 * HOUR },
  { period: "evening", days: WORKDAYS, fromMinute: 18 * HOUR, toMinute: 22 * HOUR },
  { period: "weekend_day", days: WEEKEND, fromMinute: 8 * HOUR, toMinute: 22 * HOUR },
  { period: "weekend_night", days: WEEKEND, fromMinute: 22 * HOUR, toMinute: 8 * HOUR },
];

/** The week in five periods without a gap: a night lasts until 08:00 and belongs to the day it starts. */
export const SMARTBOX_CALENDAR: PeriodCalendar = {
  rules: [
    ...SHARED_RULES,
    { period: "night", days: WORKDAYS, fromMinute: 22 * HOUR, toMinute: 8 * HOUR },
  ],
};

/** The same week with nights that end at 06:00, as it was first written: 06:00 to 08:00 is `GAP`. */
export const LITERAL_SMARTBOX_CALENDAR: PeriodCalendar = {
  rules: [
    ...SHARED_RULES,
    { period: "night", days: WORKDAYS, fromMinute: 22 * HOUR, toMinute: 6 * HOUR },
  ],
};
