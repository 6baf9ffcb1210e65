/**
 * Readers of parsed JSON: each takes a value and the path at which it was found, and gives it its
 * type.
 *
 * @throws {RangeError} Naming the path, what was wanted and what was found.
 */
export function readObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse(path, "be an object", value);
  }
  return value as Record<string, unknown>;
}

export function readArray<T>(
  value: unknown,
  path: string,
  max: number,
  readItem: (item: unknown, path: string) => T,
): T[] {
  if (!Array.isArray(value)) refuse(path, "be a list", value);
  if (value.length > max) refuse(path, `have at most ${max} entries`, value.length);
  return value.map((item, i) => readItem(item, `${path}[${i}]`));
}

/** Names and ids are far shorter. */
const STRING_MAX = 1000;

export function readString(value: unknown, path: string): string {
  if (typeof value !== "string") refuse(path, "be a string", value);
  if (value.length > STRING_MAX) {
    refuse(path, `have at most ${STRING_MAX} characters`, value.length);
  }
  return value;
}

export function readFinite(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) refuse(path, "be a number", value);
  return value;
}

/** An integer from least to 2⁵³ − 1. */
export function readInteger(value: unknown, path: string, least: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
    refuse(path, `be an integer from ${least}`, value);
  }
  return value;
}

export function readOneOf<const T extends string>(
  value: unknown,
  path: string,
  known: readonly T[],
): T {
  const found = known.find((name) => name === value);
  if (found === undefined) refuse(path, `be one of ${known.join(", ")}`, value);
  return found;
}

export function refuse(path: string, want: string, found: unknown): never {
  const shown = typeof found === "string" ? `"${found.slice(0, 60)}"` : typeOrNumber(found);
  throw new RangeError(`Cannot read ${path} as it must ${want}: current value is ${shown}`);
}

function typeOrNumber(found: unknown): string {
  if (typeof found === "number" || found === null || found === undefined) return String(found);
  return Array.isArray(found) ? "a list" : `of type ${typeof found}`;
}
