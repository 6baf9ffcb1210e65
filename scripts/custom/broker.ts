import { DependencyError } from "../kit/mod.ts";
import { type CustomLimits, deadlineMs } from "./limits.ts";
import { decodeMessage, type Message } from "./message.ts";
import { ANSWERED, createSharedAnswer, STATE, takeAnswer, WAITING } from "./shared_answer.ts";

/** Where a custom algorithm is. */
export interface CustomSource {
  readonly kind: "module" | "endpoint";
  readonly url: string;
  /** Whether an endpoint may be at an address that is not public. */
  readonly isPrivateAllowed: boolean;
}

/** What the asking thread says to the one that waits. */
export interface BrokerRequest {
  readonly source: CustomSource;
  readonly limits: CustomLimits;
  readonly shared: SharedArrayBuffer;
  readonly request: Message;
}

/** Ends what the other thread has started, and the thread. */
export const CLOSE = "close";

/** Asks a custom algorithm and waits for the answer. */
export interface Broker {
  /**
   * @throws {RangeError} that the algorithm has thrown.
   * @throws {DependencyError} when it fails in any other way, is late or too large; from then on it
   * is asked nothing more.
   */
  ask(request: Message): Message;
  close(): void;
}

/** What the other thread takes to see that a deadline is over, ms. */
const GRACE_MS = 5_000;

export function openBroker(source: CustomSource, limits: CustomLimits): Broker {
  const worker = new Worker(new URL("broker_thread.ts", import.meta.url), { type: "module" });
  const shared = createSharedAnswer();
  const state = new Int32Array(shared, 0, 1);
  let failed: string | undefined;

  function fail(why: string): never {
    failed = why;
    throw new DependencyError(`Cannot use algorithm of ${withoutSecrets(source.url)}: ${why}`);
  }

  return {
    ask(request) {
      if (failed !== undefined) fail(failed);
      Atomics.store(state, STATE, WAITING);
      worker.postMessage({ source, limits, shared, request } satisfies BrokerRequest);
      Atomics.wait(state, STATE, WAITING, deadlineMs(request.head.method, limits) + GRACE_MS);
      if (Atomics.load(state, STATE) !== ANSWERED) fail("it did not answer");
      const answer = decodeMessage(takeAnswer(shared));
      const { failure, error } = answer.head;
      if (failure !== undefined) fail(String(failure));
      if (error !== undefined) throwAs(error as { name: string; message: string }, fail);
      return answer;
    },
    close() {
      worker.postMessage(CLOSE);
    },
  };
}

/** What a method of ours would throw is thrown; anything else is a fault of it. */
function throwAs(
  { name, message }: { name: string; message: string },
  fail: (why: string) => never,
) {
  if (name === "RangeError") throw new RangeError(message);
  fail(`${name}: ${message}`);
}

/** An address without what may be secret in it. */
function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return protocol === "file:" ? pathname : `${protocol}//${host}`;
}
