import { sleep } from "../async/sleep.ts";

export interface RepeatOptions {
  /** Pause after a success, ms. */
  readonly everyMs: number;
  /** Longest pause after failures, ms; each failure doubles the pause. */
  readonly backoffMsMax: number;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Does `work` again and again until the signal; a failure is told and tried again later. */
export async function repeat(work: () => Promise<void>, options: RepeatOptions): Promise<void> {
  const { everyMs, backoffMsMax, signal, onError } = options;
  let pauseMs = everyMs;
  while (!signal.aborted) {
    try {
      await work();
      pauseMs = everyMs;
    } catch (error) {
      onError(error);
      pauseMs = Math.min(pauseMs * 2, backoffMsMax);
    }
    await sleep(pauseMs, signal);
  }
}
