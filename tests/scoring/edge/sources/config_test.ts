import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseSources, SourceConfigError } from "../../../../scoring/edge/mod.ts";

type Settings = Record<string, unknown>;

const MQTT = {
  name: "plant",
  client: "mqtt",
  url: "mqtts://broker.example",
  topics: ["site/{site}/{device}/{metric}"],
};
const NATS = {
  name: "bus",
  client: "nats",
  url: "nats://bus.example",
  stream: "PLANT",
  topics: ["site.{device}"],
};
const REDIS = { name: "ticks", client: "redis", url: "redis://[::1]:7000", streams: ["telemetry"] };
const FILE = { name: "log", client: "file", path: "points.log" };

const parse = (...sources: Settings[]) => parseSources(JSON.stringify({ sources }), "edge-1");

Deno.test("a source that says the least gets the usual ports, formats and names", () => {
  const [mqtt, nats, redis, file] = parse(MQTT, NATS, REDIS, FILE);
  assert(mqtt.client === "mqtt" && nats.client === "nats" && redis.client === "redis");
  assertEquals([mqtt.host, mqtt.port, mqtt.isTls], ["broker.example", 8_883, true]);
  assertEquals([mqtt.clientId, mqtt.version, mqtt.isRequired], ["treeline-edge-1-plant", 5, false]);
  assertEquals([nats.port, nats.durable, nats.isTls], [4_222, "treeline-edge-1", false]);
  assertEquals([redis.host, redis.port], ["::1", 7_000]);
  assertEquals([redis.group, redis.consumer, redis.database], ["treeline", "edge-1", 0]);
  assertEquals([mqtt, redis, file].map(({ reading }) => reading.format), ["json", "json", "json"]);
});

const REFUSED: readonly (readonly [Settings, field: string])[] = [
  [{ ...MQTT, client: "kafka" }, "sources[0].client"],
  [{ ...MQTT, name: "a b" }, "sources[0].name"],
  [{ ...MQTT, topics: [] }, "sources[0].topics"],
  [{ ...MQTT, topics: ["a/{b"] }, "sources[0].topics[0]"],
  [{ ...MQTT, topic: "a" }, "sources[0].topic"],
  [{ ...MQTT, url: "http://broker.example" }, "sources[0].url"],
  [{ ...MQTT, url: "mqtt://me:s3same@broker.example" }, "sources[0].url"],
  [{ ...MQTT, url: "mqtt://broker.example/path" }, "sources[0].url"],
  [{ ...MQTT, protocol: "3.1" }, "sources[0].protocol"],
  [{ ...MQTT, format: "csv" }, "sources[0].format"],
  [{ ...MQTT, password: "hunter22" }, "sources[0].password"],
  [{ ...MQTT, password: { env: "HOME" } }, "sources[0].password.env"],
  [{ ...MQTT, password: { env: "TREELINE_A", file: "b" } }, "sources[0].password"],
  [{ ...MQTT, token: { env: "TREELINE_A" } }, "sources[0].token"],
  [{ ...MQTT, tls: { certFile: "a.pem" } }, "sources[0].tls"],
  [{ ...MQTT, rules: [{ metric: "{" }] }, "sources[0].rules[0].metric"],
  [{ ...MQTT, required: "yes" }, "sources[0].required"],
  [{ ...NATS, durable: "a.b" }, "sources[0].durable"],
  [{ ...REDIS, streams: [""] }, "sources[0].streams.0"],
  [{ ...REDIS, format: "number" }, "sources[0].format"],
  [{ ...FILE, path: "" }, "sources[0].path"],
  [{ ...FILE, precision: "m" }, "sources[0].precision"],
];

for (const [settings, field] of REFUSED) {
  Deno.test(`a source is refused for ${field} of ${JSON.stringify(settings).slice(0, 200)}`, () => {
    const error = assertThrows(() => parse(settings), SourceConfigError);
    assertEquals(error.field, field);
    assert(!/s3same|hunter22/.test(error.message), error.message);
  });
}

Deno.test("two sources of one name, text that is no JSON and too many sources are refused", () => {
  assertThrows(() => parse(FILE, FILE), SourceConfigError, '"log" twice');
  assertThrows(() => parseSources("{", "e"), SourceConfigError, "wanted JSON");
  assertThrows(() => parse(...Array(33).fill(FILE)), SourceConfigError, "at most 32");
});
