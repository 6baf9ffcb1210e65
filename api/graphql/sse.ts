import type { ExecutionResult } from "graphql";
import { StreamClosedError } from "../../schema/mod.ts";

/** A line of nothing at this pace keeps proxies from ending a quiet stream. */
const PING_MS = 12_000;

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // Proxies of the nginx kind would hold events back to fill a buffer.
  "x-accel-buffering": "no",
};

export interface SseOptions {
  /** Aborted when the server ends the stream. */
  readonly signal: AbortSignal;
  readonly stringify: (result: ExecutionResult) => string;
}

/**
 * Results as server-sent events in the manner of graphql-sse's distinct connections (`next`,
 * `complete`), with the cursor as each event's `id`, so that `Last-Event-ID` resumes. A stream that
 * the server ends for now is cut without `complete`: the reader connects again.
 */
export function sseResponse(
  results: AsyncIterable<ExecutionResult>,
  { signal, stringify }: SseOptions,
): Response {
  const iterator = results[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let ping: ReturnType<typeof setInterval>;
  let end = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      // Some browsers hand the response over with its first byte only.
      send(":\n\n");
      ping = setInterval(() => (controller.desiredSize ?? 0) > 0 && send(":\n\n"), PING_MS);
      end = () => {
        clearInterval(ping);
        signal.removeEventListener("abort", cut);
      };
      const cut = () => {
        if (!(signal.reason instanceof StreamClosedError)) return;
        const reads = (controller.desiredSize ?? 0) > 0;
        // With a revoked key the reader is told so by the last result, unless it does not read.
        if (reads && !mayResume(signal.reason)) return;
        end();
        // What waits for a reader that takes nothing would keep its connection open.
        if (reads) controller.close();
        else controller.error(signal.reason);
        iterator.return?.();
      };
      signal.addEventListener("abort", cut);
    },
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (signal.aborted && mayResume(signal.reason)) return;
      if (!done) return controller.enqueue(encoder.encode(eventOf(value, stringify)));
      end();
      controller.enqueue(encoder.encode("event: complete\ndata:\n\n"));
      controller.close();
    },
    async cancel() {
      end();
      await iterator.return?.();
    },
  });
  return new Response(body, { headers: HEADERS });
}

function eventOf(result: ExecutionResult, stringify: SseOptions["stringify"]): string {
  const { cursor } = result.extensions ?? {};
  const id = typeof cursor === "string" ? `id: ${cursor}\n` : "";
  return `${id}event: next\ndata: ${stringify(result)}\n\n`;
}

/** Whether the reader is to come back by itself: not with a key that was revoked. */
function mayResume(reason: unknown): boolean {
  return reason instanceof StreamClosedError && reason.code !== "UNAUTHENTICATED";
}
