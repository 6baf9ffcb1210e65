/**
 * CURSOR_INVALID: not a cursor of this tenant and list. CURSOR_EXPIRED: older than the oldest event
 * that is kept, so that going on from it would hide a gap.
 */
export type CursorErrorCode = "CURSOR_INVALID" | "CURSOR_EXPIRED";

/** A cursor that cannot be gone on from. */
export class CursorError extends Error {
  override readonly name = "CursorError";
  constructor(readonly code: CursorErrorCode, message: string) {
    super(message);
  }
}
