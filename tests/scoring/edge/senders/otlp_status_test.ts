import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MessageReader } from "../../../../scoring/edge/wire/protobuf/message_reader.ts";
import { KEY, NO_MODELS, NOW, post, testEdge } from "../kit.ts";
import { exportRequest } from "./encode_otlp.ts";

const AT = BigInt(NOW - 60_000) * 1_000_000n;
const PROTOBUF = exportRequest({ "host.name": "pump-7" }, [[
  [1, "text", "cpu"],
  [5, "message", [[1, "message", [[3, "fixed64", AT], [4, "double", 1]]]]],
]]);
const JSON_BODY = JSON.stringify({
  resourceMetrics: [{
    resource: { attributes: [{ key: "host.name", value: { stringValue: "pump-7" } }] },
    scopeMetrics: [{
      metrics: [{
        name: "cpu",
        gauge: { dataPoints: [{ timeUnixNano: String(AT), asDouble: 1 }] },
      }],
    }],
  }],
});
const GOOD = { "application/x-protobuf": PROTOBUF, "application/json": JSON_BODY };
type Encoding = keyof typeof GOOD;

interface Case {
  readonly what: string;
  readonly options?: Parameters<typeof testEdge>[0];
  readonly headers?: Record<string, string>;
  readonly body?: BodyInit;
  readonly isDiskFull?: boolean;
  /** Status of HTTP, code of google.rpc, what the message begins with. */
  readonly answer: readonly [status: number, code: number, message: string];
  readonly retryAfter?: string;
}

const UNKNOWN_KEY = { authorization: "Bearer nobody" };
const VIEWER = { authorization: "Bearer key-of-viewer" };
const CASES: readonly Case[] = [
  { what: "bytes that are none", body: "{\x0b", answer: [400, 3, ""] },
  { what: "an unknown key", headers: UNKNOWN_KEY, answer: [401, 16, "AUTH_REQUIRED: "] },
  { what: "a key that may not send", headers: VIEWER, answer: [403, 7, "FORBIDDEN: "] },
  {
    what: "a body that is too large",
    options: { limits: { samplesBytesMax: 8 } },
    answer: [413, 3, "BODY_TOO_LARGE: "],
  },
  {
    what: "an encoding that nobody knows",
    headers: { "content-encoding": "zstd" },
    answer: [415, 3, "ENCODING_UNSUPPORTED: "],
  },
  {
    what: "more requests than allowed",
    options: { limits: { requestsBurst: 0 } },
    answer: [429, 8, "RATE_LIMITED: "],
    retryAfter: "1",
  },
  {
    what: "a tenant that cannot be opened",
    options: { tenantOf: () => Promise.reject(new Error("secret of the house")) },
    answer: [500, 13, "INTERNAL: "],
  },
  {
    what: "more requests at work than fit",
    options: { ingest: { requestsWaitingMax: 0 } },
    answer: [503, 14, "QUEUE_FULL: "],
    retryAfter: "1",
  },
  {
    what: "a store that fails",
    isDiskFull: true,
    answer: [503, 14, "NOT_RECORDED: "],
    retryAfter: "1",
  },
  {
    what: "an edge without a durable store",
    options: { tenantOf: () => ({ ingest: undefined, models: NO_MODELS }) },
    answer: [503, 14, "NO_DURABLE_STORE: "],
  },
];

for (const encoding of Object.keys(GOOD) as Encoding[]) {
  for (const { what, options, headers, body, isDiskFull, answer, retryAfter } of CASES) {
    const [status, code, message] = answer;
    Deno.test(`${encoding}: ${what} is answered with ${status} and google.rpc code ${code}`, async () => {
      const edge = testEdge(options);
      if (isDiskFull) edge.store.failures.push(new Error("disk full"));
      const response = await post(edge.app, "/v1/metrics", {
        body: body ?? GOOD[encoding],
        headers: { "content-type": encoding, ...headers },
      });
      assertEquals([response.status, response.headers.get("content-type")], [status, encoding]);
      assertEquals(response.headers.get("retry-after"), retryAfter ?? null);
      const told = await statusOf(response, encoding);
      assertEquals(told.code, code);
      assertStringIncludes(told.message, message);
      assert(!told.message.includes("secret") && !told.message.includes(KEY));
    });
  }
}

Deno.test("what has neither encoding is answered with 415 in JSON, other methods with 405", async () => {
  const { app } = testEdge();
  const xml = await post(app, "/v1/metrics", {
    body: "<a/>",
    headers: { "content-type": "text/xml" },
  });
  assertEquals([xml.status, (await statusOf(xml, "application/json")).code], [415, 3]);
  assertEquals(xml.headers.get("accept"), Object.keys(GOOD).join(", "));
  const got = await app.request("/v1/metrics");
  assertEquals([got.status, got.headers.get("allow")], [405, "POST"]);
});

async function statusOf(response: Response, encoding: Encoding) {
  if (encoding === "application/json") return await response.json();
  const bytes = await response.bytes();
  const reader = new MessageReader(bytes);
  assertEquals(reader.nextField(bytes.length), 1);
  const code = reader.uint32(bytes.length);
  assertEquals(reader.nextField(bytes.length), 2);
  return { code, message: reader.text(bytes.length, 1_000) ?? "" };
}
