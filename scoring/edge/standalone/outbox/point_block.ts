import type { AcceptedPoint } from "../../../pipeline/mod.ts";

/**
 * Points as bytes, about ten each where JSON takes a hundred: per metric its name and count, then per
 * point its event time as the zigzag difference to the one before, with the late mark as its lowest
 * bit, and its value as it is in memory.
 *
 * @param points Of one device; those of a metric side by side, instants whole and below 2⁵⁰.
 */
export function encodePoints(points: readonly AcceptedPoint[]): Uint8Array {
  const writer = new BlockWriter(64 + points.length * POINT_BYTES_MAX);
  for (let from = 0; from < points.length;) {
    const { metricId } = points[from];
    let until = from;
    while (until < points.length && points[until].metricId === metricId) until++;
    writer.text(metricId);
    writer.count(until - from);
    let before = 0;
    for (; from < until; from++) {
      const { at, value, late } = points[from];
      writer.count(zigzag(at - before) * 2 + (late ? 1 : 0));
      writer.float(value);
      before = at;
    }
  }
  return writer.bytes();
}

/** @throws {RangeError} When the bytes are no whole block. */
export function decodePoints(bytes: Uint8Array): AcceptedPoint[] {
  const reader = new BlockReader(bytes);
  const points: AcceptedPoint[] = [];
  while (!reader.isAtEnd) {
    const metricId = reader.text();
    const count = reader.count();
    if (count * POINT_BYTES_MIN > bytes.length) throw damaged();
    let at = 0;
    for (let taken = 0; taken < count; taken++) {
      const marked = reader.count();
      at += unzigzag(Math.floor(marked / 2));
      points.push({ metricId, at, value: reader.float(), late: marked % 2 === 1 });
    }
  }
  return points;
}

/** A varint of 8 bytes and a value. */
const POINT_BYTES_MAX = 16;
const POINT_BYTES_MIN = 9;

function zigzag(difference: number): number {
  return difference < 0 ? -2 * difference - 1 : 2 * difference;
}

function unzigzag(code: number): number {
  return code % 2 === 0 ? code / 2 : -(code + 1) / 2;
}

function damaged(): RangeError {
  return new RangeError("Cannot read points as their bytes are damaged");
}

class BlockWriter {
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

class BlockReader {
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
    throw damaged();
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
    if (start + length > this.#bytes.length) throw damaged();
    this.#offset += length;
    return start;
  }
}
