/** A day as a whole number: days since 1970-01-01 of the proleptic Gregorian calendar. */
export type DayNumber = number;

const DAYS_PER_ERA = 146_097;
const DAYS_UNTIL_1970 = 719_468;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** ISO day of the week, 1 = Monday … 7 = Sunday. */
export function weekdayOf(day: DayNumber): number {
  // 1970-01-01 was a Thursday.
  return modulo(day + 3, 7) + 1;
}

/** `YYYY-MM-DD`; years outside 0 to 9999 get more digits or a sign. */
export function formatDate(day: DayNumber): string {
  const { year, month, dayOfMonth } = civilOf(day);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}`;
}

/** The day that `YYYY-MM-DD` names, `undefined` when there is no such day. */
export function parseDate(date: string): DayNumber | undefined {
  const parts = DATE.exec(date);
  if (!parts) return undefined;
  const day = dayNumberOf(Number(parts[1]), Number(parts[2]), Number(parts[3]));
  return formatDate(day) === date ? day : undefined;
}

/** Years begin in March below, so that the leap day is the last of its year (Hinnant, chrono dates). */
export function dayNumberOf(year: number, month: number, dayOfMonth: number): DayNumber {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const marchMonth = modulo(month + 9, 12);
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + dayOfMonth - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * DAYS_PER_ERA + yearOfEra * 365 + leapDays + dayOfYear - DAYS_UNTIL_1970;
}

function civilOf(day: DayNumber): { year: number; month: number; dayOfMonth: number } {
  const shifted = day + DAYS_UNTIL_1970;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) +
    Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra -
    (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

function modulo(value: number, size: number): number {
  return value - Math.floor(value / size) * size;
}

function pad(value: number, digits: number): string {
  return value < 0
    ? `-${String(-value).padStart(digits, "0")}`
    : String(value).padStart(digits, "0");
}
