import type { Intake } from "../intake/mod.ts";
import { sleep } from "../async/sleep.ts";
import { Backoff } from "./backoff.ts";
import { unlessAborted, within } from "./deadline.ts";
import {
  ACKNOWLEDGE_MS_MAX,
  CLOSE_MS_MAX,
  OPEN_MS_MAX,
  PAUSE_MS_MIN,
  RECONNECT_MS_MAX,
  RECORD_MS_MAX,
  STABLE_MS,
} from "./limits.ts";
import type { MessageReading } from "./read_message.ts";
import type {
  OpenSource,
  SourceClient,
  SourceConnection,
  SourceDeadLetter,
  SourceKeeper,
  SourceMessage,
} from "./source.ts";
import { takeMessages, type TakenMessages } from "./take_messages.ts";

export interface SourceOptions {
  /** Unique among the sources of an edge. */
  readonly name: string;
  readonly client: SourceClient;
  /** Whether the edge is not ready while this source is down. */
  readonly isRequired: boolean;
  readonly reading: MessageReading;
  readonly open: OpenSource;
  /** Where points go. @throws {Problem} While there is no place for them. */
  readonly intake: () => Intake;
  readonly keeper: SourceKeeper;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** From [0, 1). */
  readonly random: () => number;
  /** Told when the source comes and goes. */
  readonly onChange: (state: SourceState, error?: unknown) => void;
  /** Longest pause while the broker is away; default `RECONNECT_MS_MAX`. */
  readonly reconnectMsMax?: number;
}

/** `waiting`: connected, but what came cannot be recorded yet. */
export type SourceState = "connecting" | "connected" | "waiting" | "down" | "ended";

/** How a source is; counts are since the start. */
export interface SourceSummary {
  readonly name: string;
  readonly client: SourceClient;
  readonly required: boolean;
  readonly state: SourceState;
  /** What went wrong last, until it goes well again. */
  readonly error: string | null;
  /** RFC 3339; null before the first. */
  readonly lastMessageAt: string | null;
  /** Messages that wait at the source, bytes of a file; null where it does not tell. */
  readonly lag: number | null;
  readonly connects: number;
  readonly messages: number;
  readonly accepted: number;
  /** Of the accepted points: stored, but not judged. */
  readonly late: number;
  readonly duplicates: number;
  readonly skipped: number;
  readonly deadLetters: number;
}

/** How a source is, and what it set aside last, without the messages themselves. */
export interface SourceStatus extends SourceSummary {
  readonly newestDeadLetters: readonly Omit<SourceDeadLetter, "body">[];
}

/** Dead letters that a status tells. */
const DEAD_LETTERS_TOLD = 10;

/** A source at work: it connects, takes, acknowledges, and starts again when something fails. */
export class RunningSource {
  readonly #options: SourceOptions;
  #connection: SourceConnection | undefined;
  #state: SourceState = "connecting";
  #error: string | null = null;
  #lastMessageAt: number | undefined;
  readonly #counts = {
    connects: 0,
    messages: 0,
    accepted: 0,
    late: 0,
    duplicates: 0,
    skipped: 0,
    deadLetters: 0,
  };

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get isRequired(): boolean {
    return this.#options.isRequired;
  }

  /** Works until the signal, which nothing that a source does can delay for long. */
  async run(signal: AbortSignal): Promise<void> {
    const { random, now, reconnectMsMax = RECONNECT_MS_MAX } = this.#options;
    const backoff = new Backoff(PAUSE_MS_MIN, reconnectMsMax, random);
    while (!signal.aborted) {
      const startedAt = now();
      const messagesBefore = this.#counts.messages;
      try {
        await this.#connectAndTake(signal);
      } catch (error) {
        if (!signal.aborted) this.#change("down", error);
      }
      const isGood = now() - startedAt >= STABLE_MS || this.#counts.messages > messagesBefore;
      if (isGood) backoff.reset();
      await sleep(backoff.next(), signal);
    }
    this.#change("ended");
  }

  status(): SourceStatus {
    const { name, keeper } = this.#options;
    const newest = keeper.listBuried(name, DEAD_LETTERS_TOLD);
    return { ...this.summary(), newestDeadLetters: newest.map(({ body: _, ...told }) => told) };
  }

  /** The status without a look at the disk. */
  summary(): SourceSummary {
    const { name, client, isRequired } = this.#options;
    const at = this.#lastMessageAt;
    return {
      name,
      client,
      required: isRequired,
      state: this.#state,
      error: this.#error,
      lastMessageAt: at === undefined ? null : new Date(at).toISOString(),
      lag: this.#connection?.lag ?? null,
      ...this.#counts,
    };
  }

  async #connectAndTake(signal: AbortSignal): Promise<void> {
    const connection = await this.#opened(signal);
    this.#connection = connection;
    this.#counts.connects++;
    this.#change("connected");
    try {
      while (!signal.aborted) {
        const messages = await unlessAborted(connection.next(signal), signal, []);
        if (messages.length > 0) await this.#take(connection, messages, signal);
      }
    } finally {
      this.#connection = undefined;
      await closed(connection);
    }
  }

  /** A connection that comes too late is closed. */
  async #opened(signal: AbortSignal): Promise<SourceConnection> {
    const { open, keeper, name } = this.#options;
    const giveUp = new AbortController();
    const abort = () => giveUp.abort();
    signal.addEventListener("abort", abort);
    const opening = open({ signal: giveUp.signal, position: keeper.positionOf(name) });
    try {
      const connection = await within(
        unlessAborted(opening, signal, undefined),
        OPEN_MS_MAX,
        "for a connection",
      );
      if (connection !== undefined) return connection;
      throw new DOMException("The source ends", "AbortError");
    } catch (error) {
      giveUp.abort();
      opening.then(closed, () => {});
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async #take(
    connection: SourceConnection,
    messages: readonly SourceMessage[],
    signal: AbortSignal,
  ): Promise<void> {
    const taken = await this.#recorded(messages, signal);
    if (taken === undefined) return;
    const { keeper, name, now } = this.#options;
    if (taken.dead.length > 0) keeper.bury(name, taken.dead);
    // Only now: what is acknowledged is on disk, or set aside.
    await within(connection.acknowledge(), ACKNOWLEDGE_MS_MAX, "for an acknowledgement");
    this.#lastMessageAt = now();
    this.#counts.messages += messages.length;
    this.#counts.accepted += taken.accepted;
    this.#counts.late += taken.late;
    this.#counts.duplicates += taken.duplicates;
    this.#counts.skipped += taken.skipped;
    this.#counts.deadLetters += taken.dead.length;
  }

  /** Tries until the messages are recorded; `undefined` when the signal comes before. */
  async #recorded(
    messages: readonly SourceMessage[],
    signal: AbortSignal,
  ): Promise<TakenMessages | undefined> {
    const { intake, reading, random } = this.#options;
    const backoff = new Backoff(PAUSE_MS_MIN, RECORD_MS_MAX, random);
    while (!signal.aborted) {
      try {
        const taken = await takeMessages(intake(), messages, reading);
        if (this.#state === "waiting") this.#change("connected");
        return taken;
      } catch (error) {
        this.#change("waiting", error);
        await sleep(backoff.next(), signal);
      }
    }
    return undefined;
  }

  #change(state: SourceState, error?: unknown): void {
    const isNew = state !== this.#state;
    this.#state = state;
    this.#error = error === undefined ? null : messageOf(error);
    if (isNew) this.#options.onChange(state, error);
  }
}

async function closed(connection: SourceConnection): Promise<void> {
  try {
    await within(connection.close(), CLOSE_MS_MAX, "for a farewell");
  } catch {
    // It is gone either way, and its error was told.
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
