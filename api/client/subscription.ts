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
