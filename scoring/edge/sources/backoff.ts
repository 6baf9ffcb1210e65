/** Pauses that double up to a limit, each shortened at random so that many do not come back at once. */
export class Backoff {
  #ms: number;

  /** @param random From [0, 1). */
  constructor(readonly msMin: number, readonly msMax: number, readonly random: () => number) {
    this.#ms = msMin;
  }

  /** The next pause, from half of it to all of it, ms. */
  next(): number {
    const ms = this.#ms;
    this.#ms = Math.min(ms * 2, this.msMax);
    return ms * (1 + this.random()) / 2;
  }

  reset(): void {
    this.#ms = this.msMin;
  }
}
