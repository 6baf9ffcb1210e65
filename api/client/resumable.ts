import { sseResults } from "./sse_results.ts";
import { socketResults } from "./socket_results.ts";

/** A subscription that survives its connections. */
export interface ResumableOptions {
  /** Address of `/graphql`, `http:` or `https:` for both transports. */
  readonly url: string | URL;
  /** API key. */
  readonly key: string;
  /** Document with one subscription. */
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly transport?: "sse" | "graphql-transport-ws";
  /** Cursor to go on behind, as the last one of an earlier run; from now on where not given. */
  readonly after?: string;
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
  /** First and longest wait before a new connection, ms. */
  readonly retryMs?: { readonly min: number; readonly max: number };
  /** Spreads the waits of many clients, in [0, 1). */
  readonly random?: () => number;
  /** Told of every connection that was lost. */
  readonly onLost?: (error: unknown) => void;
}

/** One event that the subscription lets through. */
export interface ResumableResult<T> {
  /** To keep, so that a later run goes on behind this event. */
  readonly cursor: string;
  readonly data: T;
}

/** A result as the server sends it over either transport. */
export interface RawResult {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: unknown }[];
  readonly extensions?: { readonly cursor?: string; readonly heartbeat?: boolean };
}

/** One connection's worth of results, from behind a cursor. */
export type Connect = (
  options: ResumableOptions,
  lastEventId: string,
  signal: AbortSignal,
) => AsyncIterable<RawResult>;

/** The server refuses the subscription itself: connecting again would not help. */
export class SubscriptionRefusedError extends Error {
  override readonly name = "SubscriptionRefusedError";
  /** @param code As in the error's extensions, as "CURSOR_EXPIRED". */
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

/** What ends a connection and not the subscription. */
const PASSING_CODES = new Set(["READER_TOO_SLOW", "GOING_DOWN", "UNAVAILABLE"]);

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

/** Headers of a request with the key. */
export function headersOf({ key }: ResumableOptions): Record<string, string> {
  return { "content-type": "application/json", "authorization": `Bearer ${key}` };
}

/**
 * The JSON of an answer. One that asks to come later is an error that passes; others carry the errors
 * that refuse the subscription.
 */
export async function resultOf(response: Response): Promise<RawResult> {
  const text = await response.text();
  if (response.status >= 500 || response.status === 429 || response.status === 408) {
    throw new Error(`The server answers with the status ${response.status}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new SubscriptionRefusedError(
      `HTTP_${response.status}`,
      `The server answers with the status ${response.status} and no JSON`,
    );
  }
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
