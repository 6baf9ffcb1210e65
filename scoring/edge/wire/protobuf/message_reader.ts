import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { Problem } from "../problem.ts";

/**
 * Walks protobuf messages without making objects of them. Every length is held against the end of the
 * message around it before anything is read; groups, which proto3 does not have, are refused.
 *
 * A message is read as
 * ```ts
 * while (reader.position < end) {
 *   switch (reader.nextField(end)) {
 *     case 1: … reader.enter(end) … break;
 *     default: reader.skip(end);
 *   }
 * }
 * ```
 */
export class MessageReader {
  readonly #wire: BinaryReader;
  readonly #view: DataView;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #wireType: WireType = WireType.Varint;

  constructor(readonly bytes: Uint8Array) {
    this.#wire = new BinaryReader(bytes);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#wire.pos;
  }

  /** Number of the next field of the message that ends at `end`. */
  nextField(end: number): number {
    const tag = this.#unsigned(end);
    this.#wireType = tag & 7;
    const field = tag >>> 3;
    if (field === 0) throw invalid("a field has the number 0");
    return field;
  }

  /** Begins a nested message, text or packed list; gives where it ends. */
  enter(end: number): number {
    this.#expect(WireType.LengthDelimited);
    const length = this.#unsigned(end);
    const inner = this.#wire.pos + length;
    if (inner > end) throw invalid(`a length of ${length} passes the end of its message`);
    return inner;
  }

  /** Jumps to where a nested message ends. */
  leave(inner: number): void {
    this.#wire.pos = inner;
  }

  /** Begins a list of numbers, which may be packed or not; gives where it ends. */
  enterPacked(end: number, size: "varint" | "fixed64"): number {
    if (this.#wireType === WireType.LengthDelimited) return this.enter(end);
    this.#expect(size === "varint" ? WireType.Varint : WireType.Bit64);
    // One number: reading it reaches this position or more.
    return this.#wire.pos + 1;
  }

  /** A uint32 or enum field; what is beyond 32 bits is cut. */
  uint32(end: number): number {
    this.#expect(WireType.Varint);
    return this.#unsigned(end);
  }

  /** A uint32 of a packed list. */
  packedUint32(end: number): number {
    return this.#unsigned(end);
  }

  /** An int64 field as a number: exact up to 2⁵³, which is 285,000 years of milliseconds. */
  int64(end: number): number {
    this.#expect(WireType.Varint);
    let value;
    try {
      value = this.#wire.int64();
    } catch (cause) {
      throw invalid("a number does not end", cause);
    }
    this.#endedBefore(end);
    return Number(value);
  }

  /** A double field; `lastBits` tells which NaN it is. */
  double(end: number): number {
    this.#expect(WireType.Bit64);
    return this.packedDouble(end);
  }

  /** A double of a packed list. */
  packedDouble(end: number): number {
    return this.#view.getFloat64(this.#fixed(end, 8), true);
  }

  /** The two halves of the 64 bits that were just read. */
  lastBits(): readonly [low: number, high: number] {
    const at = this.#wire.pos - 8;
    return [this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true)];
  }

  /** A fixed64 field: nanoseconds since the epoch pass what a number holds. */
  fixed64(end: number): bigint {
    this.#expect(WireType.Bit64);
    return this.#view.getBigUint64(this.#fixed(end, 8), true);
  }

  /** An sfixed64 field. */
  sfixed64(end: number): bigint {
    this.#expect(WireType.Bit64);
    return this.#view.getBigInt64(this.#fixed(end, 8), true);
  }

  /** A text field of at most `bytesMax` bytes; `undefined` for a longer one, which is passed over. */
  text(end: number, bytesMax: number): string | undefined {
    const inner = this.enter(end);
    const from = this.#wire.pos;
    this.leave(inner);
    if (inner - from > bytesMax) return undefined;
    try {
      return this.#utf8.decode(this.bytes.subarray(from, inner));
    } catch (cause) {
      throw invalid("a text is not UTF-8", cause);
    }
  }

  /** Passes over the value of a field that nobody asked for. */
  skip(end: number): void {
    switch (this.#wireType) {
      case WireType.Varint:
        this.int64(end);
        return;
      case WireType.Bit64:
        this.#fixed(end, 8);
        return;
      case WireType.LengthDelimited:
        this.leave(this.enter(end));
        return;
      case WireType.Bit32:
        this.#fixed(end, 4);
        return;
      default:
        throw invalid(`wire type ${this.#wireType} is none of proto3`);
    }
  }

  #fixed(end: number, size: number): number {
    const at = this.#wire.pos;
    if (at + size > end) throw invalid("a number passes the end of its message");
    this.#wire.pos = at + size;
    return at;
  }

  #unsigned(end: number): number {
    let value;
    try {
      value = this.#wire.uint32();
    } catch (cause) {
      throw invalid("a number does not end", cause);
    }
    this.#endedBefore(end);
    return value;
  }

  #endedBefore(end: number): void {
    if (this.#wire.pos > end) throw invalid("a number passes the end of its message");
  }

  #expect(wireType: WireType): void {
    if (this.#wireType === wireType) return;
    throw invalid(`wire type ${this.#wireType} stands where ${wireType} is due`);
  }
}

function invalid(what: string, cause?: unknown): Problem {
  return new Problem("PROTOBUF_INVALID", `Cannot read the protobuf message: ${what}`, {}, {
    cause,
  });
}
