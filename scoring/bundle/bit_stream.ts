/** Writes numbers of any width one after the other, the least significant bit first. */
export class BitWriter {
  readonly #bytes: number[] = [];
  /** Bits of the last byte that are taken. */
  #taken = 8;

  /** The `width` lowest bits of a number, 0 to 16 bits. */
  write(value: number, width: number): void {
    for (let left = width, rest = value; left > 0;) {
      if (this.#taken === 8) {
        this.#bytes.push(0);
        this.#taken = 0;
      }
      const count = Math.min(left, 8 - this.#taken);
      this.#bytes[this.#bytes.length - 1] |= (rest & ((1 << count) - 1)) << this.#taken;
      this.#taken += count;
      rest >>>= count;
      left -= count;
    }
  }

  /**
   * An integer from 1 to 2¹⁷ − 1 in Elias's gamma code: as many zeros as it has bits after its
   * first, a one, and these bits. So 1 takes one bit, 2 and 3 three.
   */
  writeGamma(value: number): void {
    const width = 31 - Math.clz32(value);
    this.write(0, width);
    this.write(1, 1);
    this.write(value, width);
  }

  /** All bits, with zeros up to a whole byte. */
  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}

/**
 * Reads what a `BitWriter` has written.
 *
 * @throws {RangeError} When more is asked for than there is.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#end = bytes.length * 8;
    // Three bytes are looked at whatever is read, so that no read needs a loop.
    this.#bytes = new Uint8Array(bytes.length + 3);
    this.#bytes.set(bytes);
  }

  /** Bits that are not read yet. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** As `read(1)`, in less time. */
  readBit(): number {
    const at = this.#at;
    if (at >= this.#end) this.#refuse(1);
    this.#at = at + 1;
    return (this.#bytes[at >>> 3] >>> (at & 7)) & 1;
  }

  /** A number of 0 to 17 bits. */
  read(width: number): number {
    const at = this.#at;
    if (at + width > this.#end) this.#refuse(width);
    this.#at = at + width;
    return this.#ahead(at) & ((1 << width) - 1);
  }

  /** So many numbers of 0 to 16 bits each: one loop, which is quick before it is compiled, too. */
  readMany(width: number, count: number): Uint16Array {
    let at = this.#at;
    if (at + width * count > this.#end) this.#refuse(width * count);
    const bytes = this.#bytes;
    const mask = (1 << width) - 1;
    const numbers = new Uint16Array(count);
    for (let i = 0; i < count; i++) {
      const first = at >>> 3;
      const word = bytes[first] | bytes[first + 1] << 8 | bytes[first + 2] << 16;
      numbers[i] = (word >>> (at & 7)) & mask;
      at += width;
    }
    this.#at = at;
    return numbers;
  }

  /**
   * So many bytes of a code of at most 12 bits: what may come next is looked up in the table, an
   * entry of which is a byte times 16 plus the bits of its code.
   */
  readCoded(table: Uint16Array, count: number): Uint8Array {
    const bytes = this.#bytes;
    const read = new Uint8Array(count);
    let at = this.#at;
    for (let i = 0; i < count; i++) {
      const first = at >>> 3;
      const word = bytes[first] | bytes[first + 1] << 8 | bytes[first + 2] << 16;
      const entry = table[(word >>> (at & 7)) & 4095];
      read[i] = entry >>> 4;
      at += entry & 15;
    }
    if (at > this.#end) this.#refuse(at - this.#at);
    this.#at = at;
    return read;
  }

  /** An integer in gamma code, 1 to 2¹⁷ − 1. */
  readGamma(): number {
    const at = this.#at;
    const ahead = this.#ahead(at) & 0x1ffff;
    if (ahead === 0) throw new RangeError("Cannot read an integer of more than 17 bits");
    const width = 31 - Math.clz32(ahead & -ahead);
    const length = 2 * width + 1;
    if (at + length > this.#end) this.#refuse(length);
    this.#at = at + length;
    const bits = length > 17 ? this.#ahead(at + width + 1) : ahead >>> (width + 1);
    return (1 << width) | (bits & ((1 << width) - 1));
  }

  #refuse(wanted: number): never {
    throw new RangeError(`Cannot read ${wanted} bits as only ${this.left} are left`);
  }

  /** At least the next 17 bits; zeros come after the last byte. */
  #ahead(at: number): number {
    const first = at >>> 3;
    const word = this.#bytes[first] | this.#bytes[first + 1] << 8 | this.#bytes[first + 2] << 16;
    return word >>> (at & 7);
  }
}
