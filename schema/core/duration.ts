const ISO_8601 =
  /^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,8})(?:\.(\d{1,3}))?S)?)?$/;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Milliseconds of an ISO 8601 duration of weeks and less, or `undefined` for other text. */
export function parseDuration(text: string): number | undefined {
  const match = ISO_8601.exec(text);
  if (!match || /[PT]$/.test(text)) return undefined;
  const [weeks, days, hours, minutes, seconds] = match.slice(1, 6).map((part) => Number(part ?? 0));
  const ms = Number((match[6] ?? "").padEnd(3, "0"));
  return (weeks * 7 + days) * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS +
    seconds * SECOND_MS + ms;
}

/** The ISO 8601 text of a duration, `PT0S` for none. */
export function printDuration(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor(ms % DAY_MS / HOUR_MS);
  const minutes = Math.floor(ms % HOUR_MS / MINUTE_MS);
  const seconds = ms % MINUTE_MS / SECOND_MS;
  const time = part(hours, "H") + part(minutes, "M") + part(seconds, "S");
  if (days === 0 && time === "") return "PT0S";
  return `P${part(days, "D")}${time && `T${time}`}`;
}

function part(count: number, unit: string): string {
  return count === 0 ? "" : `${count}${unit}`;
}
