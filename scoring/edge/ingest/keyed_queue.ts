/** Thrown when more pieces of work wait than the queue takes. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
  constructor(readonly limit: number) {
    super(`Cannot queue as ${limit} requests are waiting`);
  }
}

/**
 * Runs work that shares a key one after the other, other work at the same time. All keys of a piece of
 * work are taken in one step, so two pieces can never hold one key each and wait for the other's.
 */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<void>>();
  #waiting = 0;

  constructor(readonly waitingMax: number) {}

  /** Pieces of work that run or wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * What `work` gives, once all earlier work with one of its keys is over.
   * @throws {QueueFullError} At once, when `waitingMax` pieces are queued.
   */
  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.waitingMax) throw new QueueFullError(this.waitingMax);
    this.#waiting++;
    const before = Promise.all(keys.map((key) => this.#tails.get(key)));
    const result = before.then(work);
    const tail = result.then(() => {}, () => {});
    for (const key of keys) this.#tails.set(key, tail);
    try {
      return await result;
    } finally {
      this.#waiting--;
      for (const key of keys) {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      }
    }
  }
}
