import type { ZoneTransitions } from "./period.ts";
import { dayNumberOf } from "./civil_date.ts";

const DAY_MS = 86_400_000;
const SECOND_MS = 1000;
/** Shorter than any two changes of a zone since 1970 lie apart, so that none is stepped over. */
const STEP_MS = 3 * DAY_MS;
/** 250 years at one look every three days: what a caller may ask for at once. */
const SPAN_MAX_MS = 250 * 366 * DAY_MS;

/**
 * Reads a zone's offsets between two instants (ms) from this runtime's own zone data. Meant for the
 * gateway: everyone else computes local time from the answer.
 *
 * @throws RangeError for a zone that the runtime does not know and for an empty or endless span.
 */
export function zoneTransitions(zone: string, from: number, until: number): ZoneTransitions {
  if (!(from < until) || until - from > SPAN_MAX_MS) {
    throw new RangeError(
      `Cannot read zone "${zone}" as from must be before until and at most 250 years: ` +
        `from is ${from}, until is ${until}`,
    );
  }
  const offsetAt = openZone(zone);
  const at = [from];
  const offsetMinutes = [offsetAt(from)];
  for (let start = from; start < until; start += STEP_MS) {
    const end = Math.min(start + STEP_MS, until);
    const offset = offsetAt(end);
    if (offset === offsetMinutes[offsetMinutes.length - 1]) continue;
    at.push(firstInstantOf(offset, offsetAt, start, end));
    offsetMinutes.push(offset);
  }
  return { zone, from, until, at, offsetMinutes };
}

/** First whole second in (before, at] from which the offset holds. */
function firstInstantOf(
  offset: number,
  offsetAt: (at: number) => number,
  before: number,
  at: number,
): number {
  let low = Math.floor(before / SECOND_MS);
  let high = Math.floor(at / SECOND_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * SECOND_MS) === offset) high = middle;
    else low = middle;
  }
  return high * SECOND_MS;
}

function openZone(zone: string): (at: number) => number {
  const format = openFormat(zone);
  return (at) => {
    const field = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
    for (const { type, value } of format.formatToParts(at)) {
      if (type in field) field[type as keyof typeof field] = Number(value);
    }
    const day = dayNumberOf(field.year, field.month, field.day);
    const seconds = (field.hour * 60 + field.minute) * 60 + field.second;
    // Parts have no fraction of a second, so neither may the instant that they are compared with.
    return (day * DAY_MS / SECOND_MS + seconds - Math.floor(at / SECOND_MS)) / 60;
  };
}

function openFormat(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw new RangeError(`Cannot read zone "${zone}" as it is not a known IANA time zone`, {
      cause,
    });
  }
}
