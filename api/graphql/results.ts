import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from "graphql";
import { StreamClosedError, type StreamPosition } from "../../schema/mod.ts";
import { STALLED_READER_MS } from "./limits.ts";

/** A result as it leaves: without what is only for the HTTP status. */
export function publicResult({ errors, ...result }: ExecutionResult): Record<string, unknown> {
  return errors ? { errors: publicErrors(errors), ...result } : { ...result };
}

/** Errors as they leave. */
export function publicErrors(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
  return errors.map((error) => {
    const { extensions, ...formatted } = error.toJSON();
    const { http: _http, ...rest } = extensions ?? {};
    return { ...formatted, extensions: rest };
  });
}

export interface StreamResultsOptions {
  readonly position: StreamPosition;
  /** Ends the stream for the reason given. */
  readonly close: (reason: Error) => void;
  /** What the reader is told when the stream breaks. */
  readonly toError: (thrown: unknown) => GraphQLError;
  /** Whether more events wait than may. */
  readonly isFarBehind: () => Promise<boolean>;
  /** Called once, when it is over. */
  readonly release: () => void;
}

/**
 * Results of a subscription with their cursors in `extensions`, heartbeats marked. What breaks the stream becomes its
 * last result. A reader that takes nothing while too much waits for it loses the stream.
 */
export class StreamResults implements AsyncIterableIterator<ExecutionResult> {
  readonly #results: AsyncIterator<ExecutionResult>;
  readonly #options: StreamResultsOptions;
  #stalled: ReturnType<typeof setInterval> | undefined;
  #done = false;

  constructor(results: AsyncIterable<ExecutionResult>, options: StreamResultsOptions) {
    this.#results = results[Symbol.asyncIterator]();
    this.#options = options;
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    clearInterval(this.#stalled);
    if (this.#done) return { done: true, value: undefined };
    try {
      const result = await this.#results.next();
      if (result.done) return this.#end();
      this.#watch();
      const { cursor, isHeartbeat } = this.#options.position;
      const extensions = isHeartbeat ? { cursor, heartbeat: true } : { cursor };
      return { done: false, value: { ...result.value, extensions } };
    } catch (error) {
      this.#end();
      return { done: false, value: { errors: [this.#options.toError(error)] } };
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    const end = this.#end();
    await this.#results.return?.();
    return end;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): IteratorResult<ExecutionResult> {
    clearInterval(this.#stalled);
    if (!this.#done) this.#options.release();
    this.#done = true;
    return { done: true, value: undefined };
  }

  /** From here on the reader has a result in hand; it takes the next one or it is stalled. */
  #watch(): void {
    const { isFarBehind, close } = this.#options;
    this.#stalled = setInterval(async () => {
      if (!await isFarBehind().catch(() => false)) return;
      clearInterval(this.#stalled);
      close(
        new StreamClosedError("READER_TOO_SLOW", "Too much waits: resume with the last cursor"),
      );
    }, STALLED_READER_MS);
  }
}
