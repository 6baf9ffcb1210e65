const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** Milliseconds since the epoch of RFC 3339 text, or `undefined` when it is not such an instant. */
export function parseInstant(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (!match || !isDate(match)) return undefined;
  const ms = Date.parse(text.toUpperCase());
  return Number.isNaN(ms) ? undefined : ms;
}

/** `Date.parse` takes 30 February for 2 March; RFC 3339 does not have it. */
function isDate([, year, month, day]: RegExpExecArray): boolean {
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}
