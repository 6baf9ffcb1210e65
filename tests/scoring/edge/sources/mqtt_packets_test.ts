import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import mqtt from "npm:mqtt-packet@9.0.2";
import {
  type BrokerPacket,
  connectPacket,
  MqttError,
  type MqttVersion,
  PacketReader,
  pubackPackets,
  subscribePacket,
} from "../../../../scoring/edge/wire/mqtt/mod.ts";

const VERSIONS: readonly MqttVersion[] = [4, 5];

/** What another implementation reads of our packets. */
function readByOther(version: MqttVersion, bytes: Uint8Array): Record<string, unknown>[] {
  const parser = mqtt.parser({ protocolVersion: version });
  const packets: Record<string, unknown>[] = [];
  parser.on("packet", (packet) => packets.push({ ...packet }));
  parser.parse(Buffer.from(bytes));
  return packets;
}

for (const version of VERSIONS) {
  Deno.test(`version ${version}: another implementation reads what a subscriber says`, () => {
    const [connect] = readByOther(
      version,
      connectPacket({
        version,
        clientId: "edge-1",
        username: "me",
        password: "pä",
        keepAliveS: 45,
        receiveMax: 1_000,
      }),
    );
    assertEquals(connect.cmd, "connect");
    assertEquals([connect.clientId, connect.clean, connect.keepalive], ["edge-1", false, 45]);
    assertEquals(new TextDecoder().decode(connect.password as Uint8Array), "pä");
    const properties = { sessionExpiryInterval: 0xffffffff, receiveMaximum: 1_000 };
    assertEquals(
      connect.properties && { ...connect.properties },
      version === 5 ? properties : undefined,
    );
    const [subscribe] = readByOther(version, subscribePacket(version, 1, ["a/+", "b/#"]));
    const asked = subscribe.subscriptions as { topic: string; qos: number }[];
    assertEquals(asked.map(({ topic, qos }) => [topic, qos]), [["a/+", 1], ["b/#", 1]]);
    const acknowledged = readByOther(version, pubackPackets([1, 65_535]));
    assertEquals(acknowledged.map(({ cmd, messageId }) => [cmd, messageId]), [
      ["puback", 1],
      ["puback", 65_535],
    ]);
  });

  Deno.test(`version ${version}: messages of another implementation are read, however cut`, () =>
    fc.assert(fc.property(
      fc.array(fc.record({
        topic: fc.stringMatching(/^[a-z/]{1,40}$/),
        payload: fc.uint8Array({ maxLength: 300 }),
        id: fc.integer({ min: 0, max: 65_535 }),
      })),
      fc.integer({ min: 1, max: 64 }),
      (messages, cut) => {
        const bytes = messages.flatMap(({ topic, payload, id }) => [
          ...mqtt.generate({
            cmd: "publish",
            topic,
            payload: Buffer.from(payload),
            qos: id === 0 ? 0 : 1,
            messageId: id,
            retain: false,
            dup: false,
            ...version === 5 ? { properties: { userProperties: { a: "b" } } } : {},
          }, { protocolVersion: version }),
        ]);
        const reader = new PacketReader(version, 1_000);
        const found: BrokerPacket[] = [];
        for (let from = 0; from < bytes.length; from += cut) {
          found.push(...reader.push(Uint8Array.from(bytes.slice(from, from + cut))));
        }
        const expected = messages.map(({ topic, payload, id }) => (
          { type: "publish", topic, payload, quality: id === 0 ? 0 : 1, id }
        ));
        assertEquals(found as unknown[], expected);
      },
    )));
}

Deno.test("of a payload that is too long more than the limit comes, and the next packet is found", () => {
  const long = mqtt.generate({
    cmd: "publish",
    topic: "a",
    payload: Buffer.alloc(400_000),
    qos: 1,
    messageId: 7,
    retain: false,
    dup: false,
  });
  const reader = new PacketReader(4, 1_000);
  const found: BrokerPacket[] = [];
  for (let from = 0; from < long.length; from += 50_000) {
    found.push(...reader.push(long.subarray(from, from + 50_000)));
  }
  found.push(...reader.push(Uint8Array.of(0xd0, 0)));
  assertEquals(found.map(({ type }) => type), ["publish", "pingresp"]);
  const [packet] = found;
  assertEquals(packet.type === "publish" && packet.id === 7 && packet.payload.length > 1_000, true);
});

const BAD: readonly (readonly [string, readonly number[]])[] = [
  ["a length of five bytes", [0x30, 0xff, 0xff, 0xff, 0xff, 1]],
  ["a topic beyond its packet", [0x30, 3, 0, 9, 97]],
  ["quality 2", [0x34, 5, 0, 1, 97, 0, 1]],
  ["a packet of a client", [0x82, 0]],
  ["an empty greeting", [0x20, 0]],
];

for (const [what, bytes] of BAD) {
  Deno.test(`${what} is no packet of a broker`, () => {
    assertThrows(() => new PacketReader(5, 1_000).push(Uint8Array.from(bytes)), MqttError);
  });
}

Deno.test("no bytes make the reader do anything but read or refuse", () =>
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    try {
      new PacketReader(5, 1_000).push(bytes);
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
    }
  })));
