import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { NOW, post } from "../kit.ts";
import { MessageReader } from "../../../../scoring/edge/wire/protobuf/message_reader.ts";
import { attribute, encodeMessage, exportRequest, type Field } from "./encode_otlp.ts";
import { senderEdge } from "./sender_kit.ts";

const AT = NOW - 60_000;
const NANOS = BigInt(AT) * 1_000_000n + 999_999n;
const HOST = { "host.name": "web-1", "service.name": "shop", "os.type": "linux" };
const SHOP = 'service.name="shop"';

function sendProtobuf(
  edge: ReturnType<typeof senderEdge>,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) {
  const type = { "content-type": "application/x-protobuf" };
  return post(edge.app, "/v1/metrics", { body, headers: { ...type, ...headers } });
}

function sendJson(edge: ReturnType<typeof senderEdge>, metrics: unknown, resource = HOST) {
  const attributes = Object.entries(resource).map(([key, stringValue]) => ({
    key,
    value: { stringValue },
  }));
  const body = { resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics }] }] };
  return post(edge.app, "/v1/metrics", { body: JSON.stringify(body) });
}

/** Each metric in both encodings, and what is kept of it. */
const TIME: Field = [3, "fixed64", NANOS];
const time = { timeUnixNano: String(NANOS) };
const CASES: readonly {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly json: Record<string, unknown>;
  readonly stored: Record<string, number>;
  readonly kinds: readonly string[];
}[] = [
  {
    name: "a gauge of doubles",
    fields: [[3, "text", "1"], [5, "message", [[1, "message", [attribute(7, "core", 2), TIME, [
      4,
      "double",
      0.5,
    ]]]]]],
    json: {
      unit: "1",
      gauge: {
        dataPoints: [{
          ...time,
          asDouble: 0.5,
          attributes: [{ key: "core", value: { intValue: "2" } }],
        }],
      },
    },
    stored: { [`m{core="2",${SHOP}}`]: 0.5 },
    kinds: ["gauge 1"],
  },
  {
    name: "a gauge of integers",
    fields: [[5, "message", [[1, "message", [TIME, [6, "sfixed64", -7n]]]]]],
    json: { gauge: { dataPoints: [{ ...time, asInt: "-7" }] } },
    stored: { [`m{${SHOP}}`]: -7 },
    kinds: ["gauge "],
  },
  {
    name: "a cumulative sum that only grows",
    fields: [[7, "message", [[1, "message", [TIME, [4, "double", 3]]], [2, "uint32", 2], [
      3,
      "uint32",
      1,
    ]]]],
    json: {
      sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ ...time, asDouble: 3 }] },
    },
    stored: { [`m{${SHOP}}`]: 3 },
    kinds: ["counter "],
  },
  {
    name: "a cumulative sum that moves both ways",
    fields: [[7, "message", [[1, "message", [TIME, [4, "double", 3]]], [2, "uint32", 2]]]],
    json: {
      sum: {
        aggregationTemporality: "AGGREGATION_TEMPORALITY_CUMULATIVE",
        dataPoints: [{ ...time, asDouble: "3" }],
      },
    },
    stored: { [`m{${SHOP}}`]: 3 },
    kinds: ["gauge "],
  },
  {
    name: "a sum since the value before",
    fields: [[7, "message", [[2, "uint32", 1], [3, "uint32", 1], [1, "message", [TIME, [
      4,
      "double",
      3,
    ]]]]]],
    json: {
      sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ ...time, asDouble: 3 }] },
    },
    stored: { [`m{${SHOP}}`]: 3 },
    kinds: ["gauge "],
  },
  {
    name: "a histogram",
    fields: [[3, "text", "s"], [9, "message", [[1, "message", [attribute(9, "ok", true), TIME, [
      4,
      "fixed64",
      4n,
    ], [5, "double", 1.5]]], [2, "uint32", 2]]]],
    json: {
      unit: "s",
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [{
          ...time,
          count: "4",
          sum: 1.5,
          bucketCounts: ["1", "3"],
          attributes: [{ key: "ok", value: { boolValue: true } }],
        }],
      },
    },
    stored: { [`m_count{ok="true",${SHOP}}`]: 4, [`m_sum{ok="true",${SHOP}}`]: 1.5 },
    kinds: ["counter ", "counter s"],
  },
  {
    name: "an exponential histogram without a sum",
    fields: [[10, "message", [[1, "message", [attribute(1, "a", 0.5), TIME, [4, "fixed64", 4n]]], [
      2,
      "uint32",
      1,
    ]]]],
    json: {
      exponentialHistogram: {
        aggregationTemporality: 1,
        dataPoints: [{
          ...time,
          count: 4,
          attributes: [{ key: "a", value: { doubleValue: 0.5 } }],
        }],
      },
    },
    stored: { [`m_count{a="0.5",${SHOP}}`]: 4 },
    kinds: ["gauge "],
  },
  {
    name: "a summary",
    fields: [[11, "message", [[1, "message", [TIME, [4, "fixed64", 2n], [5, "double", 9], [
      6,
      "message",
      [[1, "double", 0.5], [2, "double", 4]],
    ]]]]]],
    json: {
      summary: {
        dataPoints: [{
          ...time,
          count: "2",
          sum: 9,
          quantileValues: [{ quantile: 0.5, value: 4 }],
        }],
      },
    },
    stored: { [`m_count{${SHOP}}`]: 2, [`m_sum{${SHOP}}`]: 9, [`m{quantile="0.5",${SHOP}}`]: 4 },
    kinds: ["counter ", "counter ", "gauge "],
  },
  {
    name: "a histogram with its start, bounds, extremes and exemplars",
    fields: [[9, "message", [[2, "uint32", 2], [1, "message", [
      [2, "fixed64", NANOS - 1_000_000_000n],
      TIME,
      [4, "fixed64", 4n],
      [5, "double", 1.5],
      [8, "message", [[2, "fixed64", NANOS], [3, "double", 0.75]]],
      [11, "double", 0.1],
      [12, "double", 0.9],
    ]]]]],
    json: {
      histogram: {
        aggregationTemporality: "AGGREGATION_TEMPORALITY_CUMULATIVE",
        dataPoints: [{
          ...time,
          startTimeUnixNano: String(NANOS - 1_000_000_000n),
          count: "4",
          sum: 1.5,
          explicitBounds: [1],
          bucketCounts: ["3", "1"],
          exemplars: [{ ...time, asDouble: 0.75, spanId: "eee19b7ec3c1b174" }],
          min: 0.1,
          max: 0.9,
        }],
      },
    },
    stored: { [`m_count{${SHOP}}`]: 4, [`m_sum{${SHOP}}`]: 1.5 },
    kinds: ["counter ", "counter "],
  },
  {
    name: "an exponential histogram that adds up",
    fields: [[10, "message", [[2, "uint32", 2], [1, "message", [
      TIME,
      [4, "fixed64", 9n],
      [5, "double", 2],
      [6, "int64", 3],
      [7, "fixed64", 1n],
      [8, "message", [[1, "int64", 1]]],
      [11, "message", [[2, "fixed64", NANOS], [3, "double", 0.75]]],
    ]]]]],
    json: {
      exponentialHistogram: {
        aggregationTemporality: 2,
        dataPoints: [{
          ...time,
          count: "9",
          sum: 2,
          scale: 3,
          zeroCount: "1",
          positive: { offset: 1, bucketCounts: ["8"] },
        }],
      },
    },
    stored: { [`m_count{${SHOP}}`]: 9, [`m_sum{${SHOP}}`]: 2 },
    kinds: ["counter ", "counter "],
  },
  {
    name: "a histogram and a summary that recorded nothing",
    fields: [
      [9, "message", [[2, "uint32", 2], [1, "message", [TIME, [10, "uint32", 1]]]]],
      [11, "message", [[1, "message", [TIME, [8, "uint32", 1]]]]],
    ],
    json: {
      histogram: { aggregationTemporality: 2, dataPoints: [{ ...time, flags: 1 }] },
      summary: { dataPoints: [{ ...time, flags: 1 }] },
    },
    stored: {},
    kinds: [],
  },
  {
    name: "null for what is not set",
    fields: [[5, "message", [[1, "message", [TIME, [4, "double", 3]]]]]],
    json: {
      unit: null,
      sum: null,
      gauge: { dataPoints: [{ ...time, asInt: null, asDouble: 3, attributes: null, flags: null }] },
    },
    stored: { [`m{${SHOP}}`]: 3 },
    kinds: ["gauge "],
  },
  {
    name: "a point that measured nothing",
    fields: [[5, "message", [[1, "message", [TIME, [8, "uint32", 1]]], [1, "message", [TIME]]]]],
    json: { gauge: { dataPoints: [{ ...time, flags: 1 }, { ...time }] } },
    stored: {},
    kinds: [],
  },
];
for (const { name, fields, json, stored, kinds } of CASES) {
  const expected = Object.fromEntries(
    Object.entries(stored).map(([metric, value]) => [`web-1 ${metric}@${AT}`, value]),
  );
  Deno.test(`${name} is kept from protobuf`, async () => {
    const edge = senderEdge();
    const response = await sendProtobuf(edge, exportRequest(HOST, [[...fields, [1, "text", "m"]]]));
    assertEquals([response.status, response.headers.get("content-type")], [
      200,
      "application/x-protobuf",
    ]);
    assertEquals((await response.bytes()).length, 0);
    assertEquals(edge.stored(), expected);
    assertEquals(edge.made.map(({ kind, unit }) => `${kind} ${unit}`), kinds);
  });
  Deno.test(`${name} is kept from JSON`, async () => {
    const edge = senderEdge();
    const response = await sendJson(edge, [{ name: "m", ...json }]);
    assertEquals([response.status, await response.text()], [200, "{}"]);
    assertEquals(edge.stored(), expected);
    assertEquals(edge.made.map(({ kind, unit }) => `${kind} ${unit}`), kinds);
  });
}

const gauge = (
  ...points: Field[][]
): Field => [5, "message", points.map((point): Field => [1, "message", point])];
const GOOD: Field[] = [TIME, [4, "double", 1]];

Deno.test("gzip is taken", async () => {
  const edge = senderEdge();
  const plain = exportRequest(HOST, [[[1, "text", "m"], gauge(GOOD)]]);
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"));
  const body = new Uint8Array(await new Response(stream).arrayBuffer());
  assertEquals((await sendProtobuf(edge, body, { "content-encoding": "gzip" })).status, 200);
  assertEquals(Object.keys(edge.stored()).length, 1);
});

Deno.test("a request without metrics is well", async () => {
  assertEquals((await sendProtobuf(senderEdge(), new Uint8Array())).status, 200);
  assertEquals((await sendJson(senderEdge(), [])).status, 200);
});

Deno.test("refused data points are told in the request's encoding, the others are kept", async () => {
  const old: Field[] = [[3, "fixed64", 1n], [4, "double", 1]];
  const long: Field[] = [attribute(7, "a", "x".repeat(3_000)), ...GOOD];
  const edge = senderEdge();
  const request = exportRequest(HOST, [[[1, "text", "m"], gauge(old, GOOD, long)]]);
  const response = await sendProtobuf(edge, request);
  assertEquals(response.status, 200);
  const { rejected, message } = readPartialSuccess(await response.bytes());
  assertEquals(rejected, 2);
  assertMatch(message, /^data point 0: TIMESTAMP_TOO_OLD: /);
  assertEquals(Object.keys(edge.stored()), [`web-1 m{${SHOP}}@${AT}`]);

  const points = [{ timeUnixNano: "1", asDouble: 1 }, { ...time, asDouble: 2 }];
  const { partialSuccess } =
    await (await sendJson(edge, [{ name: "m", gauge: { dataPoints: points } }])).json();
  assertEquals(partialSuccess.rejectedDataPoints, "2");
  assertMatch(partialSuccess.errorMessage, /^data point 0: /);
});

function readPartialSuccess(bytes: Uint8Array) {
  const reader = new MessageReader(bytes);
  assertEquals(reader.nextField(bytes.length), 1);
  const end = reader.enter(bytes.length);
  assertEquals(reader.nextField(end), 1);
  const rejected = reader.int64(end);
  assertEquals(reader.nextField(end), 2);
  return { rejected, message: reader.text(end, 1_000) ?? "" };
}

Deno.test("a sender without any name is refused by data point", async () => {
  const edge = senderEdge();
  const response = await sendProtobuf(edge, exportRequest({}, [[[1, "text", "m"], gauge(GOOD)]]));
  assertMatch(readPartialSuccess(await response.bytes()).message, /host\.name/);
});

Deno.test("lists, maps and bytes are no attributes of a series", async () => {
  const edge = senderEdge();
  const list: Field = [7, "message", [[1, "text", "l"], [2, "message", [[5, "message", []]]]]];
  await sendProtobuf(edge, exportRequest(HOST, [[[1, "text", "m"], gauge([list, ...GOOD])]]));
  assertEquals(Object.keys(edge.stored()), [`web-1 m{${SHOP}}@${AT}`]);
});

const many = (count: number, field: Field): Field[] => Array(count).fill(field);
const BAD: readonly (readonly [string, Uint8Array<ArrayBuffer>, status: number])[] = [
  ["text", new TextEncoder().encode("hello"), 400],
  ["a group", new Uint8Array([0x0b]), 400],
  ["a length past the end", new Uint8Array([0x0a, 0x7f]), 400],
  ["a resource as a number", encodeMessage([[1, "message", [[1, "uint32", 1]]]]), 400],
  ["30,001 empty resources", encodeMessage(many(30_001, [1, "message", []])), 413],
  [
    "30,001 empty metrics",
    encodeMessage([[1, "message", [[2, "message", many(30_001, [2, "message", []])]]]]),
    413,
  ],
  ["10,001 empty points", exportRequest(HOST, [[gauge(...Array(10_001).fill([]))]]), 413],
];
for (const [what, body, status] of BAD) {
  Deno.test(`OTLP of ${what} is answered with ${status} and a status message`, async () => {
    const edge = senderEdge();
    const response = await sendProtobuf(edge, body);
    assertEquals([response.status, response.headers.get("content-type")], [
      status,
      "application/x-protobuf",
    ]);
    const bytes = await response.bytes();
    const reader = new MessageReader(bytes);
    assertEquals([reader.nextField(bytes.length), reader.uint32(bytes.length)], [1, 3]);
    assertEquals(edge.errors, []);
  });
}

const BAD_JSON = [
  [],
  { resourceMetrics: {} },
  { resourceMetrics: [1] },
  { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 1 }] }] }] },
  {
    resourceMetrics: [{
      scopeMetrics: [{ metrics: [{ gauge: { dataPoints: [{ asInt: "x" }] } }] }],
    }],
  },
  {
    resourceMetrics: [{
      scopeMetrics: [{ metrics: [{ gauge: { dataPoints: [{ timeUnixNano: -1 }] } }] }],
    }],
  },
  { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ sum: 5 }] }] }] },
];
for (const body of BAD_JSON) {
  Deno.test(`OTLP of ${JSON.stringify(body)} is answered with 400`, async () => {
    const response = await post(senderEdge().app, "/v1/metrics", { body: JSON.stringify(body) });
    assertEquals([response.status, (await response.json()).code], [400, 3]);
  });
}

Deno.test("property: both encodings are read alike", async () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 });
  const value = fc.double({ noNaN: true, noDefaultInfinity: true });
  await fc.assert(
    fc.asyncProperty(text, text, text, value, async (name, key, label, double) => {
      const [left, right] = [senderEdge(), senderEdge()];
      const point: Field[] = [attribute(7, key, label), TIME, [4, "double", double]];
      await sendProtobuf(left, exportRequest(HOST, [[[1, "text", name], gauge(point)]]));
      const attributes = [{ key, value: { stringValue: label } }];
      const dataPoints = [{ ...time, asDouble: double, attributes }];
      await sendJson(right, [{ name, gauge: { dataPoints } }]);
      assertEquals(left.stored(), right.stored());
    }),
    { numRuns: 60 },
  );
});

Deno.test("property: no bytes are answered with a 5xx", async () => {
  const edge = senderEdge();
  const good = exportRequest(
    HOST,
    CASES.map(({ fields }): Field[] => [...fields, [1, "text", "m"]]),
  );
  const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
      const bytes = good.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      const { status } = await sendProtobuf(edge, bytes);
      assert([200, 400].includes(status));
    }),
    { numRuns: 300 },
  );
  assertEquals(edge.errors, []);
});
