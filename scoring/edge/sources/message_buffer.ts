import { BYTES_IN_WORK_MAX, MESSAGES_IN_WORK_MAX } from "./limits.ts";

/**
 * Messages that a client pushes and a source takes: those that came while the ones before were
 * committed are the next batch.
 */
export class MessageBuffer<T> {
  #items: T[] = [];
  #bytes = 0;
  #error: unknown;
  #isClosed = false;
  #onItem = () => {};
  #onRoom = () => {};

  /** @param bytesOf What an item weighs. */
  constructor(readonly bytesOf: (item: T) => number) {}

  push(item: T): void {
    this.#items.push(item);
    this.#bytes += this.bytesOf(item);
    this.#onItem();
  }

  /** Resolves once there is room for more; whoever pushes should wait for it. */
  async room(): Promise<void> {
    while (
      !this.#isClosed &&
      (this.#items.length >= MESSAGES_IN_WORK_MAX || this.#bytes >= BYTES_IN_WORK_MAX)
    ) {
      await new Promise<void>((resolve) => this.#onRoom = resolve);
    }
  }

  /** Makes `next` throw once all that came before is taken. */
  fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error = error;
    this.#onItem();
    this.#onRoom();
  }

  /** All that is there, after waiting for the first; none when the signal comes. */
  async next(signal: AbortSignal): Promise<readonly T[]> {
    const wake = () => this.#onItem();
    signal.addEventListener("abort", wake);
    try {
      while (this.#items.length === 0 && !this.#isClosed && !signal.aborted) {
        await new Promise<void>((resolve) => this.#onItem = resolve);
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
    if (signal.aborted) return [];
    if (this.#items.length === 0) throw this.#error;
    const items = this.#items;
    this.#items = [];
    this.#bytes = 0;
    this.#onRoom();
    return items;
  }
}
