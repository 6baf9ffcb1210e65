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
    const share = this.open();
    try {
      return await work(share);
    } finally {
      share.end();
    }
  }

  /** The share of a body that comes now; whoever opens it must end it. */
  open(): BudgetShare {
    const share = new BudgetShare(this);
    this.#shares.add(share);
    return share;
  }

  /** Takes back what an ended share has taken. */
  close(share: BudgetShare): void {
    this.#shares.delete(share);
    this.#bytes -= share.bytes;
  }

  /**
   * Takes bytes for a share.
   * @throws {Problem} `QUEUE_FULL`
   */
  take(share: BudgetShare, bytes: number): void {
    if (this.#bytes + bytes > this.bytesMax && !this.#isFirst(share)) {
      const message = `Cannot work on more than ${this.bytesMax} bytes at once: send it again`;
      throw new Problem("QUEUE_FULL", message, {
        limit: this.bytesMax,
        headers: { "retry-after": "1" },
      });
    }
    this.#bytes += bytes;
  }

  #isFirst(share: BudgetShare): boolean {
    return this.#shares.values().next().value === share;
  }
}

/** What one request has of the budget. */
export class BudgetShare {
  readonly #budget: WorkBudget;
  /** Most bodies have none. */
  #buffers: ArrayBuffer[] | undefined;
  #bytes = 0;
  #used = 0;

  constructor(budget: WorkBudget) {
    this.#budget = budget;
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
    this.#budget.take(this, more);
    this.#bytes += more;
  }

  /** Uses bytes, and takes them where they were not reserved, as `reserve` does. */
  use(bytes: number): void {
    this.reserve(bytes);
    this.#used += bytes;
  }

  /** A buffer that nobody needs when the work is over. */
  own(buffer: ArrayBuffer): void {
    (this.#buffers ??= []).push(buffer);
  }

  /** Gives everything back. */
  end(): void {
    this.#budget.close(this);
    this.#buffers?.forEach(giveBack);
  }
}
