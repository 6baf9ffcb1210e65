/** Writes numbers and texts as bytes, one behind the other. */
export class BlockWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** A difference of whole numbers, small ones of either sign in few bytes. */
  difference(value: number): void {
    this.count(zigzag(value));
  }

  /** A whole number below 2⁵³, 7 bits a byte, the lowest first. */
  count(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = 128 + rest % 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  float(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  text(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.count(encoded.length);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * this.#bytes.length + more);
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Numbers near zero become small counts: 0, -1, 1, -2, … are 0, 1, 2, 3, … */
export function zigzag(difference: number): number {
  return difference < 0 ? -2 * difference - 1 : 2 * difference;
}
