import { InvalidInputError } from "./errors.ts";

/** Characters of a name: longer ones are data, not names. */
export const NAME_LENGTH_MAX = 200;

/** Characters of the JSON of a metadata object: it is for labels, not for documents. */
export const METADATA_LENGTH_MAX = 16_384;

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * A name as it is stored: in Unicode's composed form, so that look-alikes of one spelling are one
 * name, without control characters (the database cuts text at NUL) and without lone surrogates.
 *
 * @throws {InvalidInputError} When it is empty, too long or has such characters.
 */
export function checkedName(field: string, value: string, lengthMax = NAME_LENGTH_MAX): string {
  const name = value.normalize("NFC");
  if (name.trim() === "") throw refusedName(field, "must not be empty");
  if (name.length > lengthMax) {
    const said = `must have at most ${lengthMax} characters: it has ${name.length}`;
    throw refusedName(field, said, lengthMax);
  }
  if (/\p{Cc}/u.test(name)) throw refusedName(field, "must not have control characters");
  if (!name.isWellFormed()) throw refusedName(field, "must be well-formed Unicode");
  return name;
}

/** As `checkedName`, where nothing given stays nothing. */
export function checkedOptionalName(
  field: string,
  value: string | null | undefined,
): string | null {
  return value === null || value === undefined ? null : checkedName(field, value);
}

/** One of a few words. */
export function checkedChoice<T extends string>(
  field: string,
  value: string,
  choices: readonly T[],
): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new InvalidInputError(
    field,
    `Cannot take ${field} as it must be one of ${choices.join(", ")}: current value is ` +
      JSON.stringify(value.slice(0, NAME_LENGTH_MAX)),
  );
}

/** A number between two bounds, both allowed. */
export function checkedNumber(field: string, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw new InvalidInputError(
    field,
    `Cannot take ${field} as it must be from ${min} to ${max}: current value is ${value}`,
    value < min ? min : max,
  );
}

/** A whole number between two bounds, both allowed. */
export function checkedInteger(field: string, value: number, min: number, max: number): number {
  checkedNumber(field, value, min, max);
  if (Number.isInteger(value)) return value;
  const said = `Cannot take ${field} as it must be a whole number: current value is ${value}`;
  throw new InvalidInputError(field, said);
}

/** A zone that this runtime knows. */
export function checkedTimeZone(field: string, value: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const zone = JSON.stringify(value.slice(0, NAME_LENGTH_MAX));
    const said = `Cannot take ${field} as it must be an IANA time zone: current value is ${zone}`;
    throw new InvalidInputError(field, said);
  }
}

/** A JSON object of modest size, for people's own labels. */
export function checkedMetadata(field: string, value: JsonObject): JsonObject {
  const length = JSON.stringify(value).length;
  if (length <= METADATA_LENGTH_MAX) return value;
  const said =
    `Cannot take ${field} as its JSON must have at most ${METADATA_LENGTH_MAX} characters: ` +
    `it has ${length}`;
  throw new InvalidInputError(field, said, METADATA_LENGTH_MAX);
}

function refusedName(field: string, said: string, limit?: number): InvalidInputError {
  return new InvalidInputError(field, `Cannot take ${field} as it ${said}`, limit);
}
