export type LogLevel = "info" | "warning" | "error";

/** Writes one line of a process's own log. */
export type Log = (
  level: LogLevel,
  message: string,
  error?: unknown,
  /** Further data by name; the names of the line's own come first. */
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** A log of JSON lines; what callers sent is quoted by JSON, so that it cannot forge a line. */
export function createLog(write: (line: string) => void, now: () => number): Log {
  return (level, message, error, fields) =>
    write(JSON.stringify({
      ...fields,
      timestamp: new Date(now()).toISOString(),
      level,
      message,
      ...(error === undefined ? {} : { error: described(error) }),
    }));
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? text : `${text}\nCaused by ${described(error.cause)}`;
}
