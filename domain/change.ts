import { ConflictError } from "./errors.ts";

/** What a change takes from outside: the clock, and ids that nobody has used. */
export interface ChangeDeps {
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly newId: () => string;
}

/** @throws {ConflictError} When the row has another version than the caller has seen. */
export function checkVersion(
  row: { readonly version: number },
  expected: number | null | undefined,
): void {
  if (expected === null || expected === undefined || expected === row.version) return;
  const said = `Cannot update as version ${expected} was expected: it is ${row.version}`;
  throw new ConflictError(said, "expectedVersion");
}
