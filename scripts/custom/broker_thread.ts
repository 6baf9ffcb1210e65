/**
 * The thread that waits for a custom algorithm, so that the one that asks can be answered at once: a
 * method of detection is called and returns, whatever carries it.
 */
import type { Answerer } from "./answerer.ts";
import type { BrokerRequest, CLOSE } from "./broker.ts";
import { openEndpoint } from "./endpoint.ts";
import { type CustomLimits, deadlineMs } from "./limits.ts";
import { encodeMessage, type Message, NO_BODY } from "./message.ts";
import { startModule } from "./module/mod.ts";
import { ANSWERED, putAnswer, STATE } from "./shared_answer.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<BrokerRequest | typeof CLOSE>) => void;
  close(): void;
};

let answerer: Answerer | undefined;

scope.onmessage = async ({ data }) => {
  if (data === "close") {
    answerer?.stop();
    return scope.close();
  }
  const { source, limits, shared, request } = data;
  const message = await answerOf(() => answerer ??= start(source, limits), request, limits);
  const state = new Int32Array(shared, 0, 1);
  putAnswer(shared, encodeMessage(message));
  Atomics.store(state, STATE, ANSWERED);
  Atomics.notify(state, STATE);
};

function start({ kind, url, isPrivateAllowed }: BrokerRequest["source"], limits: CustomLimits) {
  return kind === "module"
    ? startModule(url, limits)
    : openEndpoint(url, { isPrivateAllowed, limits });
}

async function answerOf(
  started: () => Answerer,
  request: Message,
  limits: CustomLimits,
): Promise<Message> {
  try {
    return await withDeadline(started().ask(request), deadlineMs(request.head.method, limits));
  } catch (error) {
    answerer?.stop();
    const failure = error instanceof Error ? error.message : String(error);
    return { head: { failure }, body: NO_BODY };
  }
}

async function withDeadline(answer: Promise<Message>, ms: number): Promise<Message> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
