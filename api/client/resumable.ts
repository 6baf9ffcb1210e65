import { socketResults } from "./socket_results.ts";
import { sseResults } from "./sse_results.ts";
import {
  type Connect,
  headersOf,
  type RawResult,
  resultOf,
  type ResumableOptions,
  SubscriptionRefusedError,
} from "./subscription.ts";

export { type ResumableOptions, SubscriptionRefusedError };

/** One event that the subscription lets through. */
export interface ResumableResult<T> {
  /** To keep, so that a later run goes on behind this event. */
  readonly cursor: string;
  readonly data: T;
}

/** What ends a connection and not the subscription. */
const PASSING_CODES = new Set([
  "READER_TOO_SLOW",
  "GOING_DOWN",
  "UNAVAILABLE",
  "RATE_LIMITED",
]);

const RETRY_MS = { min: 200, max: 10_000 };

/**
 * Follows a subscription over any number of connections: each event once and in order, from the
 * cursor given or from now on. Heartbeats move the cursor on and are not given.
 *
 * @throws {SubscriptionRefusedError} When the server refuses it, as for a revoked key.
 */
export async function* resumable<T>(
  options: ResumableOptions,
): AsyncGenerator<ResumableResult<T>, void> {
  const { signal = new AbortController().signal, onLost = () => {} } = options;
  const connect: Connect = options.transport === "graphql-transport-ws"
    ? socketResults
    : sseResults;
  let cursor = options.after;
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      // Known before the first connection, as that may break before its first event.
      cursor ??= await currentCursor(options, signal);
      for await (const result of connect(options, cursor, signal)) {
        failures = 0;
        cursor = checked(result).extensions?.cursor ?? cursor;
        if (result.extensions?.heartbeat) continue;
        yield { cursor, data: result.data as T };
      }
      if (!signal.aborted) onLost(new Error("The server has ended the stream"));
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof SubscriptionRefusedError) throw error;
      onLost(error);
    }
    await pause(waitMs(options, failures), signal);
  }
}

/** The result, when it is one that the subscription can go on after. */
function checked(result: RawResult): RawResult {
  const [error] = result.errors ?? [];
  if (error === undefined || result.data) return result;
  const { code = "UNKNOWN" } = (error.extensions ?? {}) as { code?: string };
  if (PASSING_CODES.has(code)) throw new Error(error.message);
  throw new SubscriptionRefusedError(code, error.message);
}

async function currentCursor(options: ResumableOptions, signal: AbortSignal): Promise<string> {
  const response = await fetch(options.url, {
    method: "POST",
    headers: headersOf(options),
    body: JSON.stringify({ query: "{ eventCursor }" }),
    signal,
  });
  const { data } = checked(await resultOf(response));
  return (data as { eventCursor: string }).eventCursor;
}

function waitMs(
  { retryMs: { min, max } = RETRY_MS, random = Math.random }: ResumableOptions,
  failures: number,
): number {
  return Math.min(max, min * 2 ** Math.min(failures, 16)) * (0.5 + random() / 2);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
