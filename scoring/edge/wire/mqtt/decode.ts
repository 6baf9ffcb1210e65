import { GrowingBytes } from "../body/growing_bytes.ts";
import { type BrokerPacket, MqttError, type MqttVersion, type Published, TYPE } from "./packets.ts";

/** Bytes of a packet beside its payload: a topic of any length, properties as far as they matter. */
const HEADER_BYTES_MAX = 256 * 1024;

/** Bytes of a length on the wire. */
const LENGTH_BYTES_MAX = 4;

/** Finds a broker's packets in what a connection brings, however it is cut. */
export class PacketReader {
  readonly #version: MqttVersion;
  readonly #packetBytesMax: number;
  #pending = new GrowingBytes(1024);
  /** Bytes of a packet that is too long, still to be passed over. */
  #skipped = 0;

  /** @param payloadBytesMax Of a longer payload more than that is given, but perhaps not its end. */
  constructor(version: MqttVersion, payloadBytesMax: number) {
    this.#version = version;
    this.#packetBytesMax = payloadBytesMax + HEADER_BYTES_MAX;
  }

  /**
   * Packets that are whole now; what follows them is kept for the next call.
   * @throws {MqttError} When the bytes are no packets that a broker may send here.
   */
  push(chunk: Uint8Array): BrokerPacket[] {
    const passed = Math.min(this.#skipped, chunk.length);
    this.#skipped -= passed;
    this.#pending.append(chunk.subarray(passed));
    const bytes = this.#pending.view();
    const packets: BrokerPacket[] = [];
    let from = 0;
    for (;;) {
      const frame = frameAt(bytes, from);
      if (frame === undefined) break;
      const isCut = frame.until - from > this.#packetBytesMax;
      const until = isCut ? from + this.#packetBytesMax : frame.until;
      if (until > bytes.length) break;
      packets.push(decodePacket(bytes, { ...frame, until }, this.#version, isCut));
      const known = Math.min(frame.until, bytes.length);
      this.#skipped = frame.until - known;
      from = known;
    }
    if (from > 0) this.#keep(bytes.subarray(from));
    return packets;
  }

  #keep(rest: Uint8Array): void {
    this.#pending = new GrowingBytes(Math.max(1024, rest.length));
    this.#pending.append(rest);
  }
}

/** Where a packet's parts are. */
interface Frame {
  readonly type: number;
  readonly bodyFrom: number;
  readonly until: number;
}

/** The packet that begins here; `undefined` before its length is known. */
function frameAt(bytes: Uint8Array, from: number): Frame | undefined {
  let length = 0;
  for (let i = 0; i < LENGTH_BYTES_MAX; i++) {
    const at = from + 1 + i;
    if (at >= bytes.length) return undefined;
    length += (bytes[at] & 0x7f) << (7 * i);
    if (bytes[at] < 0x80) return { type: bytes[from], bodyFrom: at + 1, until: at + 1 + length };
  }
  throw new MqttError("Cannot read the length of a packet");
}

function decodePacket(
  bytes: Uint8Array,
  { type, bodyFrom, until }: Frame,
  version: MqttVersion,
  isCut: boolean,
): BrokerPacket {
  const body = new BodyReader(bytes.subarray(bodyFrom, until));
  if ((type & 0xf0) === TYPE.publish) return decodePublish(type, body, version);
  if (isCut) throw new MqttError(`Cannot take a packet of type ${type} as long as this`);
  if (type === TYPE.connack) {
    const isSessionPresent = (body.byte() & 1) === 1;
    return { type: "connack", isSessionPresent, code: body.byte() };
  }
  if (type === TYPE.suback) {
    const id = body.short();
    if (version === 5) body.passProperties();
    return { type: "suback", id, codes: [...body.rest()] };
  }
  if (type === TYPE.pingresp) return { type: "pingresp" };
  if (type === TYPE.disconnect) {
    return { type: "disconnect", code: body.isAtEnd ? 0 : body.byte() };
  }
  throw new MqttError(`Cannot take a packet of type ${type} from a broker`);
}

function decodePublish(
  type: number,
  body: BodyReader,
  version: MqttVersion,
): Published {
  const quality = (type >> 1) & 3;
  if (quality !== 0 && quality !== 1) {
    throw new MqttError(`Cannot take a message of quality ${quality}: at most 1 was asked for`);
  }
  const topic = body.text();
  const id = quality === 0 ? 0 : body.short();
  if (version === 5) body.passProperties();
  return { type: "publish", topic, payload: body.rest().slice(), quality, id };
}

class BodyReader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.#at >= this.bytes.length;
  }

  byte(): number {
    if (this.isAtEnd) throw new MqttError("Cannot read a packet that ends early");
    return this.bytes[this.#at++];
  }

  short(): number {
    return this.byte() * 256 + this.byte();
  }

  text(): string {
    return new TextDecoder().decode(this.#take(this.short()));
  }

  /** Version 5 alone has them; none of them matters to a subscriber that asked for none. */
  passProperties(): void {
    let length = 0;
    for (let i = 0;; i++) {
      if (i >= LENGTH_BYTES_MAX) throw new MqttError("Cannot read the length of properties");
      const byte = this.byte();
      length += (byte & 0x7f) << (7 * i);
      if (byte < 0x80) break;
    }
    this.#take(length);
  }

  rest(): Uint8Array {
    return this.#take(this.bytes.length - this.#at);
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.bytes.length) {
      throw new MqttError("Cannot read a packet that ends early");
    }
    return this.bytes.subarray(this.#at, this.#at += length);
  }
}
