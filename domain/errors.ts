/** No such thing in this tenant; another tenant's looks the same. */
export class NotFoundError extends Error {
  override readonly name = "NotFoundError";
  /** @param kind What was looked for, in the domain's words, as "device". */
  constructor(readonly kind: string, readonly id: string) {
    super(`Cannot find ${kind} "${id}"`);
  }
}

/** A value that the caller sent cannot be taken. */
export class InvalidInputError extends Error {
  override readonly name = "InvalidInputError";
  /**
   * @param field Path of the value, as "metrics[3].name".
   * @param limit The limit that it passed, where there is one.
   */
  constructor(readonly field: string, message: string, readonly limit?: number) {
    super(message);
  }
}

/** The change does not fit what is there, as a name that is taken or a newer version. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
  constructor(message: string, readonly field?: string) {
    super(message);
  }
}

/** The caller's role does not allow it. */
export class ForbiddenError extends Error {
  override readonly name = "ForbiddenError";
}

/** The tenant has as many of something as it may have. */
export class QuotaExceededError extends Error {
  override readonly name = "QuotaExceededError";
  /** @param quota Name of the limit, as "DEVICES_MAX". */
  constructor(readonly quota: string, readonly limit: number, message: string) {
    super(message);
  }
}

/** What a caller can act on; anything else that is thrown is a bug or an outage. */
export type ExpectedError =
  | NotFoundError
  | InvalidInputError
  | ConflictError
  | ForbiddenError
  | QuotaExceededError;

/** Tells an expected failure from a bug. */
export function isExpectedError(error: unknown): error is ExpectedError {
  return error instanceof NotFoundError || error instanceof InvalidInputError ||
    error instanceof ConflictError || error instanceof ForbiddenError ||
    error instanceof QuotaExceededError;
}
