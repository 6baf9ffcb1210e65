import { assertEquals } from "@std/assert";
import { parseSources, type SourceMessage } from "../../../../scoring/edge/mod.ts";
import { takeMessages } from "../../../../scoring/edge/sources/take_messages.ts";
import { NOW } from "../kit.ts";
import { senderEdge } from "../senders/sender_kit.ts";

type Settings = Readonly<Record<string, unknown>>;

/** Takes messages as a source of MQTT with these settings would. */
async function take(settings: Settings, messages: readonly (readonly [string, string])[]) {
  const source = {
    name: "a",
    client: "mqtt",
    url: "mqtt://a",
    topics: ["{site}/{device}/{metric}"],
  };
  const [{ reading, rules }] = parseSources(
    JSON.stringify({ sources: [{ ...source, ...settings }] }),
    "edge-1",
  );
  const edge = senderEdge({ settings: { rules } });
  const taken = await takeMessages(edge.intake, messages.map(messageOf), reading);
  return { stored: edge.stored(), ...taken, codes: taken.dead.map(({ code }) => code) };
}

function messageOf([topic, body]: readonly [string, string], index: number): SourceMessage {
  return { id: String(index), topic, body: new TextEncoder().encode(body), at: NOW + index };
}

const TAKEN: readonly (readonly [Settings, topic: string, body: string, stored: string])[] = [
  [{ format: "number" }, "north/boiler/heat", "1.5", `boiler heat@${NOW}=1.5`],
  [{ format: "number" }, "north/boiler/heat", " -2e3\n", `boiler heat@${NOW}=-2000`],
  [{ format: "number" }, "north/boiler/on", "true", `boiler on@${NOW}=1`],
  [{}, "north/boiler/heat", '{"value":3}', `boiler heat@${NOW}=3`],
  [{}, "north/boiler/heat", `{"value":3,"at":${NOW - 5}}`, `boiler heat@${NOW - 5}=3`],
  [{}, "x", '{"device":"pump","metric":"flow","value":4}', `pump flow@${NOW}=4`],
  [{}, "a/b/c", '{"points":[{"metric":"flow","value":4}]}', `b flow@${NOW}=4`],
  [{ device: "pump" }, "x", '[{"metric":"flow","value":4}]', `pump flow@${NOW}=4`],
  [{ format: "influx" }, "n/boiler/m", `heat value=5 ${NOW}000000`, `boiler heat@${NOW}=5`],
  [{ format: "influx", precision: "ms" }, "x", `heat,host=p value=5 ${NOW}`, `p heat@${NOW}=5`],
  [
    { format: "number", rules: [{ device: "{site}-{device}", metric: "{topic.-1}" }] },
    "north/boiler/heat",
    "6",
    `north-boiler heat@${NOW}=6`,
  ],
];

for (const [settings, topic, body, stored] of TAKEN) {
  Deno.test(`${JSON.stringify(settings)} takes ${body.trim()} on ${topic} as ${stored}`, async () => {
    const taken = await take(settings, [[topic, body]]);
    assertEquals(taken.codes, []);
    const points = Object.entries(taken.stored).map(([series, value]) => `${series}=${value}`);
    assertEquals(points, [stored]);
  });
}

const DEAD: readonly (readonly [Settings, body: string, code: string])[] = [
  [{}, "{", "JSON_INVALID"],
  [{}, "7", "POINT_INVALID"],
  [{}, '{"value":"high"}', "VALUE_INVALID"],
  [{}, '{"value":1,"at":5}', "TIMESTAMP_TOO_OLD"],
  [{}, '{"value":1,"at":9e15}', "FUTURE_TIMESTAMP"],
  [{}, `[${"0,".repeat(10_000)}0]`, "POINTS_TOO_MANY"],
  [{}, `"${"x".repeat(1_100_000)}"`, "MESSAGE_TOO_LONG"],
  [{ format: "number" }, "high", "VALUE_INVALID"],
  [{ format: "number" }, "\u0000", "VALUE_INVALID"],
  [{ format: "number", topics: ["{site}/#"] }, "1", "DEVICE_INVALID"],
  [{ format: "influx" }, "heat", "LINE_INVALID"],
];

for (const [settings, body, code] of DEAD) {
  Deno.test(`${JSON.stringify(settings)} sets ${body.slice(0, 20)} aside as ${code}`, async () => {
    const good = `{"device":"pump","metric":"flow","value":1,"at":${NOW}}`;
    const neighbour = settings.format === undefined ? [["n/b/m", good]] as const : [];
    const taken = await take(settings, [["n/b/m", body], ...neighbour]);
    assertEquals(taken.codes.slice(0, 1), [code]);
    assertEquals(taken.accepted, neighbour.length);
    assertEquals(taken.dead[0].body, body.slice(0, 4_096));
  });
}

Deno.test("an empty message is no value, a message that comes again is known", async () => {
  const format = "number";
  assertEquals((await take({ format }, [["a/b/c", ""]])).skipped, 1);
  const point = `{"value":1,"at":${NOW}}`;
  const again = await take({}, [["a/b/c", point], ["a/b/c", point]]);
  assertEquals([again.accepted, again.duplicates], [1, 1]);
});

Deno.test("a backlog of a year and of more samples than a commit takes loses nothing", async () => {
  const hours = Array.from({ length: 8_760 }, (_, hour) => NOW - (8_760 - hour) * 3_600_000);
  const points = hours.map((at) =>
    ["a/b/c", `[{"value":1,"at":${at}},{"value":2,"at":${at + 1}}]`] as const
  );
  const taken = await take({}, points);
  assertEquals([taken.accepted, taken.codes], [17_520, []]);
});
