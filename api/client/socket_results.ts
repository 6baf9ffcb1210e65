import { CloseCode, createClient } from "graphql-ws";
import { type RawResult, type ResumableOptions, SubscriptionRefusedError } from "./subscription.ts";

/** Codes of a closing that says what the client did wrong: it would do so again. */
const REFUSALS: ReadonlySet<number> = new Set([
  CloseCode.BadRequest,
  CloseCode.BadResponse,
  CloseCode.Unauthorized,
  CloseCode.Forbidden,
  CloseCode.SubprotocolNotAcceptable,
]);

/** The results of one connection of graphql-transport-ws. Rejects when it breaks or refuses. */
export async function* socketResults(
  { url, key, query, variables }: ResumableOptions,
  lastEventId: string,
  signal: AbortSignal,
): AsyncGenerator<RawResult, void> {
  const address = [new URL(url).href.replace(/^http/, "ws")];
  const client = createClient({
    url: () => address.pop() ?? Promise.reject(new Error("The server has ended the connection")),
    connectionParams: { authorization: `Bearer ${key}` },
    // One connection and no more: only the caller knows the cursor to go on with.
    retryAttempts: 0,
  });
  const results = client.iterate({
    query,
    variables: { ...variables },
    extensions: { lastEventId },
  });
  const stop = () => void results.return?.();
  signal.addEventListener("abort", stop);
  try {
    for await (const result of results) yield result as RawResult;
  } catch (error) {
    if (!Array.isArray(error)) throw refusalOf(error) ?? error;
    yield { errors: error };
  } finally {
    signal.removeEventListener("abort", stop);
    await client.dispose();
  }
}

/** Why the server refused, when it did. */
function refusalOf(error: unknown): unknown {
  if (error instanceof CloseEvent && REFUSALS.has(error.code)) {
    return new SubscriptionRefusedError(`CLOSED_${error.code}`, error.reason);
  }
  return undefined;
}
