/** Where messages come from. */
export const SOURCE_CLIENTS = ["mqtt", "nats", "redis", "file"] as const;
export type SourceClient = typeof SOURCE_CLIENTS[number];

/** How a message carries points. */
export const SOURCE_FORMATS = ["json", "number", "influx", "csv"] as const;
export type SourceFormat = typeof SOURCE_FORMATS[number];

/** One message as its source gives it. */
export interface SourceMessage {
  /** Tells it from others of its topic, where the source has a number for it; else empty. */
  readonly id: string;
  /** Topic, subject, stream or path. */
  readonly topic: string;
  readonly body: Uint8Array;
  /** When it came into being as far as the source knows, ms; the instant of values without one. */
  readonly at: number;
  /** What is wrong with the message as such: it is set aside unread. */
  readonly fault?: MessageFault;
}

export interface MessageFault {
  readonly code: "MESSAGE_TOO_LONG" | "FIELD_MISSING";
  readonly message: string;
}

/** A connection to a source. After an error of any call it is closed, and another one is opened. */
export interface SourceConnection {
  /**
   * The next messages in the order of the source. Waits for the first, but gives none when the signal
   * comes, and may give none after a while, to be asked again.
   */
  next(signal: AbortSignal): Promise<readonly SourceMessage[]>;
  /** Tells the source that it may forget all that `next` gave last. */
  acknowledge(): Promise<void>;
  /** Messages that wait at the source, bytes of a file; null where it does not tell. */
  readonly lag: number | null;
  close(): Promise<void>;
}

/** A text that a source keeps between runs, as how far it has read. */
export interface SourcePosition {
  load(): string | undefined;
  /** It is on disk when this returns. */
  save(text: string): void;
}

/** Connects once; the source itself tries again. */
export type OpenSource = (
  context: { readonly signal: AbortSignal; readonly position: SourcePosition },
) => Promise<SourceConnection>;

/** A message, or a part of one, that was set aside. */
export interface SourceDeadLetter {
  readonly topic: string;
  readonly messageId: string;
  readonly code: string;
  /** The field at fault, or empty when it is the whole message. */
  readonly field: string;
  readonly message: string;
  /** The beginning of the message, as text. */
  readonly body: string;
}

/** What sources keep beside points. */
export interface SourceKeeper {
  /** Where a source keeps its text. */
  positionOf(source: string): SourcePosition;
  /** Keeps the newest `SOURCE_DEAD_LETTERS_MAX` of a source, on disk when this returns. */
  bury(source: string, letters: readonly SourceDeadLetter[]): void;
  /** The newest first. */
  listBuried(source: string, first: number): readonly SourceDeadLetter[];
}
