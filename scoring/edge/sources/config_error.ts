/** A setting of sources that cannot be used: which field, and the limit where one was passed. */
export class SourceConfigError extends Error {
  override readonly name = "SourceConfigError";
  constructor(readonly field: string, reason: string, readonly limit?: number) {
    super(`Cannot take ${field || "the sources"}: ${reason}`);
  }
}
