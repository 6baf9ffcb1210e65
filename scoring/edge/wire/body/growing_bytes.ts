import { type BodyLimits, tooLarge } from "./body_limits.ts";
import { resized } from "./buffers.ts";
import type { BudgetShare } from "./work_budget.ts";

/** Fewer steps leave fewer holes in the system's memory. */
const GROWTH = 4;

/**
 * One buffer that grows as it fills. Chunks are copied at once and let go: kept as they come, each pins
 * the 64 KiB that the runtime read it into, however small it is.
 */
export class GrowingBytes {
  readonly #bytesMax: number;
  readonly #share: BudgetShare | undefined;
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param limits Of a body; bytes of other origin are bounded by whoever appends them. */
  constructor(capacity: number, limits?: Pick<BodyLimits, "bodyBytesMax" | "share">) {
    this.#bytesMax = limits?.bodyBytesMax ?? Infinity;
    this.#share = limits?.share;
    this.#bytes = new Uint8Array(Math.max(capacity, 1));
    this.#share?.use(this.#bytes.length);
    this.#share?.own(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** @throws {Problem} `BODY_TOO_LARGE`, or `QUEUE_FULL` when other bodies leave no room for it. */
  append(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#bytesMax) throw tooLarge(this.#bytesMax);
    if (length > this.#bytes.length) this.#grow(Math.max(length, this.#bytes.length * GROWTH));
    this.#bytes.set(chunk, this.#length);
    this.#length = length;
  }

  /** The bytes so far, without a copy. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(wanted: number): void {
    const capacity = Math.min(wanted, this.#bytesMax);
    this.#share?.use(capacity - this.#bytes.length);
    this.#bytes = new Uint8Array(resized(this.#bytes.buffer, capacity));
    this.#share?.own(this.#bytes.buffer);
  }
}
