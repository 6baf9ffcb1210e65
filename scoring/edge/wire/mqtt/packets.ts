/** Version 3.1.1 goes by 4 on the wire. */
export type MqttVersion = 4 | 5;

/** Bytes that are no MQTT, or not of this version. */
export class MqttError extends Error {
  override readonly name = "MqttError";
}

/** First byte of packets as the protocol numbers them, flags included where they are fixed. */
export const TYPE = {
  connect: 0x10,
  connack: 0x20,
  publish: 0x30,
  puback: 0x40,
  subscribe: 0x82,
  suback: 0x90,
  pingreq: 0xc0,
  pingresp: 0xd0,
  disconnect: 0xe0,
} as const;

/** What a broker says to a subscriber. */
export type BrokerPacket =
  | { readonly type: "connack"; readonly code: number; readonly isSessionPresent: boolean }
  | { readonly type: "suback"; readonly id: number; readonly codes: readonly number[] }
  | Published
  | { readonly type: "pingresp" }
  | { readonly type: "disconnect"; readonly code: number };

export interface Published {
  readonly type: "publish";
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly quality: 0 | 1;
  /** By which it is acknowledged; 0 for quality 0. */
  readonly id: number;
}

export interface ConnectOptions {
  readonly version: MqttVersion;
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** After twice this long without a packet the broker lets go; seconds. */
  readonly keepAliveS: number;
  /** Messages that the broker may send ahead of their acknowledgements; version 5 alone knows it. */
  readonly receiveMax: number;
}
