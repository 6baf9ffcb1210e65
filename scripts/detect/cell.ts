/** What people write where a value is missing. */
const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "nil", "?", "-"]);
const INFINITE: Readonly<Record<string, number>> = {
  "inf": Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  "infinity": Infinity,
  "+infinity": Infinity,
  "-infinity": -Infinity,
};

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A cell as a number: NaN where it is missing; `undefined` where it is some other text. */
export function numberOf(cell: string): number | undefined {
  if (NUMBER.test(cell)) return Number(cell);
  const text = cell.trim().toLowerCase();
  if (MISSING.has(text)) return NaN;
  return INFINITE[text] ?? (NUMBER.test(text) ? Number(text) : undefined);
}

export function isMissing(cell: string): boolean {
  return cell === "" || MISSING.has(cell.trim().toLowerCase());
}

const DATE =
  /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?))?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** Counts of seconds and of milliseconds since 1970 that are dates of the last decades. */
const EPOCH_SECONDS_MIN = 1e8;
const EPOCH_MS_MIN = 1e11;

/** What a column of times holds: dates, or a count that begins anywhere. */
export type TimeKind = "date" | "seconds" | "milliseconds" | "count";

/** The kind of time that a first cell tells; `undefined` when it is no time. */
export function timeKindOf(cell: string): TimeKind | undefined {
  if (DATE.test(cell.trim())) return "date";
  const value = numberOf(cell);
  if (value === undefined || !Number.isFinite(value)) return undefined;
  if (value >= EPOCH_MS_MIN) return "milliseconds";
  return value >= EPOCH_SECONDS_MIN ? "seconds" : "count";
}

/** A time in ms since 1970, or the count itself; dates without a zone are UTC; NaN when it is none. */
export function timeOf(cell: string, kind: TimeKind): number {
  if (kind !== "date") {
    const value = numberOf(cell) ?? NaN;
    return kind === "seconds" ? 1000 * value : value;
  }
  const match = DATE.exec(cell.trim());
  if (!match) return NaN;
  const [, year, month, day, clock = "00:00", zone = "Z"] = match;
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone;
  return Date.parse(`${year}-${month}-${day}T${clock.replace(",", ".")}${offset}`);
}
