import { StorageError, type StorageErrorCode } from "./write.ts";

/** SQLite's primary result codes; the driver's remote form may carry the extended ones, as a suffix. */
const CODES: Readonly<Record<string, StorageErrorCode>> = {
  SQLITE_FULL: "DISK_FULL",
  SQLITE_READONLY: "READ_ONLY",
  SQLITE_PERM: "READ_ONLY",
  SQLITE_IOERR: "IO",
  SQLITE_CORRUPT: "CORRUPT",
  SQLITE_NOTADB: "CORRUPT",
  SQLITE_CANTOPEN: "CANNOT_OPEN",
  SQLITE_BUSY: "BUSY",
  SQLITE_LOCKED: "BUSY",
  SQLITE_CONSTRAINT: "CONSTRAINT",
  SQLITE_MISMATCH: "CONSTRAINT",
  SQLITE_ERROR: "STATEMENT",
  SQLITE_TOOBIG: "STATEMENT",
  SQLITE_RANGE: "STATEMENT",
  SQLITE_AUTH: "STATEMENT",
  SQL_PARSE_ERROR: "STATEMENT",
  SQL_INPUT_ERROR: "STATEMENT",
};

/** The driver's error in our words; `action` completes "Cannot …". */
export function storageError(cause: unknown, action: string): StorageError {
  if (cause instanceof StorageError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(codeOf(cause), `Cannot ${action}: ${message}`, { cause });
}

function codeOf(cause: unknown): StorageErrorCode {
  // A parameter that cannot be bound is thrown by the driver before the database sees it. A failed
  // fetch is a TypeError too, and has a cause or names the request.
  if (cause instanceof RangeError) return "STATEMENT";
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const [primary = ""] = /^SQLITE_[A-Z]+|^SQL_[A-Z_]+/.exec(code) ?? [];
  return CODES[primary] ?? (primary === "" ? "UNAVAILABLE" : "IO");
}
