import { headersOf, type RawResult, resultOf, type ResumableOptions } from "./subscription.ts";

/**
 * The results of one connection of server-sent events. Rejects when it breaks or refuses.
 */
export async function* sseResults(
  options: ResumableOptions,
  lastEventId: string,
  signal: AbortSignal,
): AsyncGenerator<RawResult, void> {
  const { url, query, variables } = options;
  const response = await fetch(url, {
    method: "POST",
    headers: {
      ...headersOf(options),
      "accept": "text/event-stream",
      "last-event-id": lastEventId,
    },
    body: JSON.stringify({ query, variables }),
    signal,
  });
  if (!response.headers.get("content-type")?.startsWith("text/event-stream") || !response.body) {
    yield await resultOf(response);
    return;
  }
  for await (const { event, data } of sseMessages(response.body)) {
    if (event === "complete") return;
    if (event === "next" && data !== "") yield JSON.parse(data);
  }
}

interface SseMessage {
  readonly event: string;
  readonly data: string;
}

/** Splits a body into its messages; what comes after the last empty line was cut and is left out. */
async function* sseMessages(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<SseMessage, void> {
  let rest = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const messages = (rest + chunk).split("\n\n");
    rest = messages.pop() ?? "";
    for (const message of messages) yield messageOf(message);
  }
}

function messageOf(text: string): SseMessage {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^([a-z]*): ?(.*)$/s.exec(line) ?? [];
    if (name) fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value);
  }
  return { event: fields.get("event") ?? "", data: fields.get("data") ?? "" };
}
