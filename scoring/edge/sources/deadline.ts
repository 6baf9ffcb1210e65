import { createDeferred } from "../async/deferred.ts";

/** Something took longer than it may. */
export class SourceTimeoutError extends Error {
  override readonly name = "SourceTimeoutError";
  constructor(what: string, readonly limitMs: number) {
    super(`Cannot wait more than ${limitMs} ms ${what}`);
  }
}

/**
 * What `work` gives, within a time.
 * @param what As "for the broker", for the message.
 * @throws {SourceTimeoutError} When it takes longer; it then goes on unheard.
 */
export async function within<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const { promise, reject } = createDeferred<never>();
  const timer = setTimeout(() => reject(new SourceTimeoutError(what, ms)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

/** What `work` gives, or `otherwise` as soon as the signal comes. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  otherwise: T,
): Promise<T> {
  const { promise, resolve } = createDeferred<T>();
  const end = () => resolve(otherwise);
  if (signal.aborted) end();
  signal.addEventListener("abort", end);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", end);
    work.catch(() => {});
  }
}
