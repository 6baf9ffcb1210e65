/** Reads what a `BlockWriter` has written; what cannot be is a `RangeError`. */
export class BlockReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  count(): number {
    let value = 0;
    for (let scale = 1; scale < Number.MAX_SAFE_INTEGER; scale *= 128) {
      const byte = this.#bytes[this.#take(1)];
      value += byte % 128 * scale;
      if (byte < 128) return value;
    }
    throw damagedBlock();
  }

  difference(): number {
    return unzigzag(this.count());
  }

  float(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  text(): string {
    const length = this.count();
    const start = this.#take(length);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  #take(length: number): number {
    const start = this.#offset;
    if (start + length > this.#bytes.length) throw damagedBlock();
    this.#offset += length;
    return start;
  }
}

/** The inverse of `zigzag`. */
export function unzigzag(code: number): number {
  return code % 2 === 0 ? code / 2 : -(code + 1) / 2;
}

/** What bytes that are no whole block are refused by. */
export function damagedBlock(): RangeError {
  return new RangeError("Cannot read points as their bytes are damaged");
}
