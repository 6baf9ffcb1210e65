import { Problem } from "../../wire/mod.ts";

/** Bytes that may be worked on at the same time: what is made of them takes several times as many. */
export class WorkBudget {
  #bytes = 0;

  constructor(readonly bytesMax: number) {}

  /**
   * Runs work on so many bytes. A single body is always taken.
   * @throws {Problem} `QUEUE_FULL` at once, when others leave no room for it.
   */
  async run<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (this.#bytes > 0 && this.#bytes + bytes > this.bytesMax) {
      const message = `Cannot work on more than ${this.bytesMax} bytes at once: send it again`;
      throw new Problem("QUEUE_FULL", message, {
        limit: this.bytesMax,
        headers: { "retry-after": "1" },
      });
    }
    this.#bytes += bytes;
    try {
      return await work();
    } finally {
      this.#bytes -= bytes;
    }
  }
}
