/** What a custom algorithm may take. */
export interface CustomLimits {
  /** To start and say what it is. */
  readonly startMs: number;
  /** To be fitted. */
  readonly fitMs: number;
  /** Any other answer. */
  readonly callMs: number;
  /** Of the module's process, above what it has when it begins. */
  readonly memoryBytes: number;
  /** Of one answer. */
  readonly answerBytes: number;
}

/** How long an answer may take, by what is asked. */
export function deadlineMs(method: unknown, { startMs, fitMs, callMs }: CustomLimits): number {
  if (method === "describe") return startMs;
  return method === "fit" ? fitMs : callMs;
}

const MEGABYTE = 1024 * 1024;

/** Enough for the slowest of our own methods on the rows that `detect` trains on. */
export const CUSTOM_LIMITS: CustomLimits = {
  startMs: 30_000,
  fitMs: 120_000,
  callMs: 10_000,
  memoryBytes: 1024 * MEGABYTE,
  answerBytes: 64 * MEGABYTE,
};
