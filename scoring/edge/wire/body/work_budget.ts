import { giveBack } from "./buffers.ts";
import { Problem } from "../problem.ts";

/**
 * Bytes of bodies that may be read and worked on at the same time: what is made of them takes several
 * times as many. The request that came first is always taken, so that of many at once some get through.
 */
export class WorkBudget {
  /** In the order in which they came. */
  readonly #shares = new Set<BudgetShare>();
  #bytes = 0;

  constructor(readonly bytesMax: number) {}

  /** Runs work on a body; what it has taken is given back at its end. */
  async run<T>(work: (share: BudgetShare) => Promise<T>): Promise<T> {
    const share = new BudgetShare((bytes) => this.#take(share, bytes));
    this.#shares.add(share);
    try {
      return await work(share);
    } finally {
      this.#shares.delete(share);
      this.#bytes -= share.bytes;
      share.end();
    }
  }

  #take(share: BudgetShare, bytes: number): void {
    const isFirst = this.#shares.values().next().value === share;
    if (!isFirst && this.#bytes + bytes > this.bytesMax) {
      const message = `Cannot work on more than ${this.bytesMax} bytes at once: send it again`;
      throw new Problem("QUEUE_FULL", message, {
        limit: this.bytesMax,
        headers: { "retry-after": "1" },
      });
    }
    this.#bytes += bytes;
  }
}

/** What one request has of the budget. */
export class BudgetShare {
  readonly #take: (bytes: number) => void;
  readonly #buffers: ArrayBuffer[] = [];
  #bytes = 0;
  #used = 0;

  constructor(take: (bytes: number) => void) {
    this.#take = take;
  }

  /** Bytes taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes bytes that are yet to come.
   * @throws {Problem} `QUEUE_FULL` at once, when others leave no room for them.
   */
  reserve(bytes: number): void {
    const more = this.#used + bytes - this.#bytes;
    if (more <= 0) return;
    this.#take(more);
    this.#bytes += more;
  }

  /** Uses bytes, and takes them where they were not reserved, as `reserve` does. */
  use(bytes: number): void {
    this.reserve(bytes);
    this.#used += bytes;
  }

  /** A buffer that nobody needs when the work is over. */
  own(buffer: ArrayBuffer): void {
    this.#buffers.push(buffer);
  }

  end(): void {
    this.#buffers.forEach(giveBack);
  }
}
