import { GrowingBytes } from "../body/growing_bytes.ts";
import { type ConnectOptions, type MqttVersion, TYPE } from "./packets.ts";

/** Properties of version 5 by their numbers. */
const SESSION_EXPIRY = 0x11;
const RECEIVE_MAXIMUM = 0x21;

/** Version 5 for "the broker keeps the session until it is told otherwise", as 3.1.1 always does. */
const NEVER = 0xffffffff;

const USERNAME_FLAG = 0x80;
const PASSWORD_FLAG = 0x40;

/** Asks for the session under this client's name, whose messages have waited at the broker. */
export function connectPacket(options: ConnectOptions): Uint8Array {
  const { version, clientId, username, password, keepAliveS, receiveMax } = options;
  const body = new Body();
  body.text("MQTT");
  body.byte(version);
  body.byte(
    (username === undefined ? 0 : USERNAME_FLAG) | (password === undefined ? 0 : PASSWORD_FLAG),
  );
  body.short(keepAliveS);
  if (version === 5) {
    // Lengths in bytes: 5 and 3.
    body.byte(8);
    body.byte(SESSION_EXPIRY);
    body.short(NEVER >>> 16);
    body.short(NEVER & 0xffff);
    body.byte(RECEIVE_MAXIMUM);
    body.short(receiveMax);
  }
  body.text(clientId);
  if (username !== undefined) body.text(username);
  if (password !== undefined) body.text(password);
  return body.packet(TYPE.connect);
}

/** Asks for messages that fit the filters, each at least once. */
export function subscribePacket(
  version: MqttVersion,
  id: number,
  filters: readonly string[],
): Uint8Array {
  const body = new Body();
  body.short(id);
  if (version === 5) body.byte(0);
  for (const filter of filters) {
    body.text(filter);
    body.byte(1);
  }
  return body.packet(TYPE.subscribe);
}

/** Acknowledgements of messages, in the order in which they came, in one piece. */
export function pubackPackets(ids: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(ids.length * 4);
  ids.forEach((id, index) => bytes.set([TYPE.puback, 2, id >> 8, id & 0xff], index * 4));
  return bytes;
}

export function pingPacket(): Uint8Array {
  return Uint8Array.of(TYPE.pingreq, 0);
}

export function disconnectPacket(): Uint8Array {
  return Uint8Array.of(TYPE.disconnect, 0);
}

class Body {
  readonly #bytes = new GrowingBytes(256);

  byte(value: number): void {
    this.#bytes.append(Uint8Array.of(value));
  }

  short(value: number): void {
    this.#bytes.append(Uint8Array.of(value >> 8, value & 0xff));
  }

  /** @throws {RangeError} For more bytes than a length of the protocol can say. */
  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    if (bytes.length > 0xffff) throw new RangeError("Cannot send a text of more than 65535 bytes");
    this.short(bytes.length);
    this.#bytes.append(bytes);
  }

  packet(type: number): Uint8Array {
    const body = this.#bytes.view();
    const packet = new GrowingBytes(body.length + 5);
    packet.append(Uint8Array.of(type, ...lengthBytes(body.length)));
    packet.append(body);
    return packet.view();
  }
}

/** Seven bits a byte, the lowest first. */
function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length;; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}
