import { type DayNumber, parseDate, weekdayOf } from "./civil_date.ts";
import type { HolidayRule, Period, PeriodCalendar, PeriodRule, ZoneTransitions } from "./period.ts";
import { ANY_PERIOD, GAP_PERIOD } from "./period.ts";
import { dayOfLocalMinutes, localMinutes } from "./zone.ts";

const MINUTES_PER_DAY = 1440;
const SUNDAY = 7;
/** More parts of a week than anyone fits models for; a table's cell has room for 255. */
export const CALENDAR_RULES_MAX = 100;

/**
 * The period of an instant (ms): of the first rule, in the calendar's order, that covers its local
 * time. Rules that run past midnight belong to the day on which they start.
 */
export function periodAt(calendar: PeriodCalendar, zone: ZoneTransitions, at: number): Period {
  const week = compiled(calendar);
  const minutes = localMinutes(zone, at);
  const day = dayOfLocalMinutes(minutes);
  const table = tableFor(week, ruleDay(week, day - 1), ruleDay(week, day));
  return week.names[table[minutes - day * MINUTES_PER_DAY]];
}

/** True on the local dates on which the calendar says that nothing is judged. */
export function isSuppressed(calendar: PeriodCalendar, zone: ZoneTransitions, at: number): boolean {
  const { holidays } = compiled(calendar);
  if (holidays.size === 0) return false;
  return holidays.get(dayOfLocalMinutes(localMinutes(zone, at))) === "suppress";
}

/** Every period that the calendar names, each once, in its order; without `GAP`. */
export function periodsOf(calendar: PeriodCalendar): Period[] {
  return [...new Set(calendar.rules.map((rule) => rule.period))];
}

/** @throws RangeError naming the field that breaks the calendar's rules. */
export function validateCalendar(calendar: PeriodCalendar): void {
  if (calendar.rules.length > CALENDAR_RULES_MAX) {
    refuse("rules", `have at most ${CALENDAR_RULES_MAX} rules`, calendar.rules.length);
  }
  calendar.rules.forEach((rule, index) => validateRule(rule, `rules[${index}]`));
  for (const [date, rule] of Object.entries(calendar.holidays ?? {})) {
    if (parseDate(date) === undefined) refuse("holidays", "be keyed by dates YYYY-MM-DD", date);
    if (rule !== "weekend" && rule !== "suppress") {
      refuse(`holidays["${date}"]`, 'be "weekend" or "suppress"', rule);
    }
  }
}

/** A calendar made ready for look-ups; tables are filled when a pair of days is first met. */
interface Week {
  readonly rules: readonly PeriodRule[];
  readonly names: readonly Period[];
  readonly holidays: ReadonlyMap<DayNumber, HolidayRule>;
  readonly tables: Map<number, Uint8Array>;
}

/** Calendars are immutable data, so what was compiled for one stays true as long as it lives. */
const weeks = new WeakMap<PeriodCalendar, Week>();

function compiled(calendar: PeriodCalendar): Week {
  let week = weeks.get(calendar);
  if (!week) {
    week = {
      rules: calendar.rules,
      names: [GAP_PERIOD, ...calendar.rules.map((rule) => rule.period)],
      holidays: holidaysByDay(calendar),
      tables: new Map(),
    };
    weeks.set(calendar, week);
  }
  return week;
}

function holidaysByDay(calendar: PeriodCalendar): Map<DayNumber, HolidayRule> {
  const byDay = new Map<DayNumber, HolidayRule>();
  for (const [date, rule] of Object.entries(calendar.holidays ?? {})) {
    const day = parseDate(date);
    if (day !== undefined) byDay.set(day, rule);
  }
  return byDay;
}

/** The ISO day whose rules start on this date: a holiday that counts as the weekend is a Sunday. */
function ruleDay(week: Week, day: DayNumber): number {
  return week.holidays.get(day) === "weekend" ? SUNDAY : weekdayOf(day);
}

/** Index into `names` for each minute of a day, given which day's rules it and the day before it follow. */
function tableFor(week: Week, before: number, today: number): Uint8Array {
  const key = before * 8 + today;
  let table = week.tables.get(key);
  if (!table) {
    table = new Uint8Array(MINUTES_PER_DAY);
    for (let minute = 0; minute < MINUTES_PER_DAY; minute++) {
      table[minute] = week.rules.findIndex((rule) => covers(rule, before, today, minute)) + 1;
    }
    week.tables.set(key, table);
  }
  return table;
}

function covers(rule: PeriodRule, before: number, today: number, minute: number): boolean {
  const { days, fromMinute, toMinute } = rule;
  if (toMinute > fromMinute) {
    return days.includes(today) && minute >= fromMinute && minute < toMinute;
  }
  return (days.includes(today) && minute >= fromMinute) ||
    (days.includes(before) && minute < toMinute);
}

function validateRule(rule: PeriodRule, field: string): void {
  if (rule.period === "" || rule.period === ANY_PERIOD || rule.period === GAP_PERIOD) {
    refuse(
      `${field}.period`,
      `be a name other than "${ANY_PERIOD}" and "${GAP_PERIOD}"`,
      rule.period,
    );
  }
  const isDay = (day: number) => Number.isInteger(day) && day >= 1 && day <= 7;
  if (rule.days.length === 0 || !rule.days.every(isDay)) {
    refuse(`${field}.days`, "list ISO days 1 to 7", rule.days.join(", "));
  }
  if (!isMinute(rule.fromMinute, 0, MINUTES_PER_DAY - 1)) {
    refuse(`${field}.fromMinute`, "be a whole minute from 0 to 1439", rule.fromMinute);
  }
  if (!isMinute(rule.toMinute, 0, MINUTES_PER_DAY)) {
    refuse(`${field}.toMinute`, "be a whole minute from 0 to 1440", rule.toMinute);
  }
}

function isMinute(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

function refuse(field: string, wanted: string, found: unknown): never {
  throw new RangeError(`Cannot use calendar as ${field} must ${wanted}: current value is ${found}`);
}
