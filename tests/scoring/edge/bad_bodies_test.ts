import { assert, assertEquals } from "@std/assert";
import { DEFAULT_EDGE_LIMITS } from "../../../scoring/edge/mod.ts";
import { point, post, type Sent, telemetry, testEdge } from "./kit.ts";

const GOOD = JSON.stringify({ points: [point()] });

async function compressed(
  text: string,
  format: CompressionFormat,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** `pieces` written as one chunk each. */
function chunked(pieces: Iterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
}

const gzip = await compressed(GOOD, "gzip");
const bomb = await compressed(" ".repeat(20_000_000), "gzip");
const GZIP = { "content-encoding": "gzip" };
const NDJSON = { "content-type": "application/x-ndjson" };

/** Bodies, and where they are no JSON. */
const WRONG_PLACES: readonly (readonly [body: string, place: string])[] = [
  ['{"points":[],}', ": wrong at line 1, column 14"],
  ['{\n  "points": [1,\n  2 3]}', ": wrong at line 3, column 5"],
  ['{"points":[', ": wrong at line 1, column 12"],
  ['{"points":[]}x', ": wrong at line 1, column 14"],
  ["\n".repeat(1_000_000), ": wrong at line 1000001, column 1"],
  ['{"secret": hunter2}', ""],
  ['{"a": hunter2 in JSON at position 7', ""],
];

for (const [body, place] of WRONG_PLACES) {
  Deno.test(`JSON_INVALID tells the place in ${body.trim()}, and nothing of the body`, async () => {
    const response = await post(testEdge().app, "/v1/telemetry", { body });
    const { code, detail } = await response.json();
    assertEquals([code, detail], ["JSON_INVALID", `Cannot parse the body as JSON${place}`]);
  });
}

const BAD_BODIES: readonly (readonly [string, Sent, status: number, code: string])[] = [
  ["no body", {}, 400, "BODY_EMPTY"],
  ["an empty body", { body: "" }, 400, "BODY_EMPTY"],
  ["JSON that is cut", { body: GOOD.slice(0, -3) }, 400, "JSON_INVALID"],
  ["trailing bytes", { body: GOOD + "x" }, 400, "JSON_INVALID"],
  ["a second document", { body: GOOD + GOOD }, 400, "JSON_INVALID"],
  ["a byte order mark", { body: "\ufeff" + GOOD }, 400, "BODY_NOT_UTF8"],
  ["UTF-16", { body: new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]) }, 400, "BODY_NOT_UTF8"],
  ["invalid UTF-8", { body: new Uint8Array([0x22, 0xc3, 0x28, 0x22]) }, 400, "BODY_NOT_UTF8"],
  ["overlong UTF-8", { body: new Uint8Array([0x22, 0xc0, 0xaf, 0x22]) }, 400, "BODY_NOT_UTF8"],
  ["NUL", { body: "\0" }, 400, "JSON_INVALID"],
  ["NaN", { body: '{"points":[NaN]}' }, 400, "JSON_INVALID"],
  ["a comment", { body: '{"points":[]/**/}' }, 400, "JSON_INVALID"],
  ["100,000 open brackets", { body: "[".repeat(100_000) }, 413, "JSON_TOO_COMPLEX"],
  ["open brackets", { body: "[".repeat(10_000) }, 400, "JSON_INVALID"],
  ["100,000 nested arrays", nested("[", "]"), 413, "JSON_TOO_COMPLEX"],
  ["100,000 nested objects", nested('{"points":', "}", "1"), 413, "JSON_TOO_COMPLEX"],
  ["null", { body: "null" }, 422, "INPUT_INVALID"],
  ["a string", { body: '"points"' }, 422, "INPUT_INVALID"],
  ["an array", { body: `[${JSON.stringify(point())}]` }, 422, "INPUT_INVALID"],
  ["no points", { body: "{}" }, 422, "INPUT_INVALID"],
  ["points that are an object", { body: '{"points":{"length":5}}' }, 422, "INPUT_INVALID"],
  ["points in __proto__", { body: '{"__proto__":{"points":[]}}' }, 422, "INPUT_INVALID"],
  [
    "200,000 points",
    { body: `{"points":[${"1,".repeat(199_999)}1]}` },
    413,
    "POINTS_TOO_MANY",
  ],
  ["200,000 lines", { body: "1\n".repeat(200_000), headers: NDJSON }, 413, "POINTS_TOO_MANY"],
  ["5 MB", { body: " ".repeat(5_000_000) }, 413, "BODY_TOO_LARGE"],
  [
    "a declared terabyte",
    { body: GOOD, headers: { "content-length": "1000000000000" } },
    413,
    "BODY_TOO_LARGE",
  ],
  ["one-byte chunks", { body: chunked(" ".repeat(20_000)) }, 400, "BODY_FRAGMENTED"],
  ["a bomb", { body: bomb, headers: GZIP }, 413, "BODY_TOO_LARGE"],
  ["gzip that is none", { body: GOOD, headers: GZIP }, 400, "BODY_ENCODING_INVALID"],
  ["gzip that is cut", { body: gzip.slice(0, -9), headers: GZIP }, 400, "BODY_ENCODING_INVALID"],
  [
    "bytes after gzip",
    { body: new Uint8Array([...gzip, 1, 2, 3]), headers: GZIP },
    400,
    "BODY_ENCODING_INVALID",
  ],
  [
    "gzip twice",
    { body: gzip, headers: { "content-encoding": "gzip, gzip" } },
    415,
    "ENCODING_UNSUPPORTED",
  ],
  [
    "snappy",
    { body: gzip, headers: { "content-encoding": "snappy" } },
    415,
    "ENCODING_UNSUPPORTED",
  ],
  ["no type", { body: GOOD, headers: { "content-type": "" } }, 415, "TYPE_UNSUPPORTED"],
  [
    "a form",
    { body: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } },
    415,
    "TYPE_UNSUPPORTED",
  ],
  ["text", { body: GOOD, headers: { "content-type": "text/plain" } }, 415, "TYPE_UNSUPPORTED"],
  [
    "Latin 1",
    { body: GOOD, headers: { "content-type": "application/json; charset=latin1" } },
    415,
    "TYPE_UNSUPPORTED",
  ],
];

function nested(open: string, close: string, core = ""): Sent {
  return { body: open.repeat(100_000) + core + close.repeat(100_000) };
}

for (const [what, sent, status, code] of BAD_BODIES) {
  Deno.test(`POST /v1/telemetry answers ${what} with ${status} ${code}`, async () => {
    const { app, store } = testEdge();
    const response = await post(app, "/v1/telemetry", sent);
    const problem = await response.json();
    assertEquals([response.status, problem.code], [status, code]);
    assertEquals(response.headers.get("content-type"), "application/problem+json");
    assertEquals(problem.requestId, response.headers.get("x-request-id"));
    assertEquals(store.commits, []);
  });
}

Deno.test("refusals name the limit that was passed", async () => {
  const { app } = testEdge();
  const points = Array(DEFAULT_EDGE_LIMITS.pointsPerRequestMax + 1).fill(1);
  const problem = await (await telemetry(app, points)).json();
  assertEquals(problem.limit, DEFAULT_EDGE_LIMITS.pointsPerRequestMax);
});

for (
  const [what, headers] of [["a body", {}], ["a small body that says its length", {
    "content-length": "9",
  }]] as const
) {
  Deno.test(`${what} that trickles is given up after its deadline`, async () => {
    const { app } = testEdge({ limits: { bodyMsMax: 20 } });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array([0x7b])),
      pull: () => new Promise<void>((resolve) => timer = setTimeout(resolve, 60_000)),
      cancel: () => clearTimeout(timer),
    });
    const response = await post(app, "/v1/telemetry", { body, headers });
    assertEquals([response.status, (await response.json()).code], [408, "BODY_TIMEOUT"]);
  });
}

Deno.test("a body whose sender goes away is refused", async () => {
  const { app } = testEdge();
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
  const response = await post(app, "/v1/telemetry", { body });
  assertEquals([response.status, (await response.json()).code], [400, "BODY_ABORTED"]);
});

for (const [coding, format] of [["gzip", "gzip"], ["deflate", "deflate"]] as const) {
  Deno.test(`POST /v1/telemetry reads ${coding}`, async () => {
    const { app } = testEdge();
    const body = await compressed(GOOD, format);
    const response = await post(app, "/v1/telemetry", {
      body,
      headers: { "content-encoding": coding },
    });
    assertEquals(await response.json(), { accepted: 1, late: 0, duplicates: 0, refused: [] });
  });
}

Deno.test("POST /v1/telemetry ignores 20,000 unknown keys, and toJSON and then among them", async () => {
  const { app } = testEdge();
  const extra = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]));
  const body = JSON.stringify({ points: [point()], then: 1, constructor: {}, ...extra })
    .replace('"then":1', '"then":1,"toJSON":2,"__proto__":{"points":3}');
  const response = await post(app, "/v1/telemetry", { body });
  assertEquals((await response.json()).accepted, 1);
});

Deno.test("POST /v1/telemetry reads one point a line and names bad lines", async () => {
  const { app } = testEdge();
  const lines = [
    JSON.stringify(point({ at: 1_780_000_000_000 })),
    "",
    "{",
    `${JSON.stringify(point({ at: 1_780_000_060_000 }))},${JSON.stringify(point())}`,
    JSON.stringify(point({ at: 1_780_000_120_000 })) + "\r",
  ];
  const response = await post(app, "/v1/telemetry", { body: lines.join("\n"), headers: NDJSON });
  const answer = await response.json();
  assertEquals(answer.accepted, 2);
  assertEquals(
    answer.refused.map(({ index, code }: { index: number; code: string }) => [index, code]),
    [
      [1, "LINE_INVALID"],
      [2, "LINE_INVALID"],
    ],
  );
});

Deno.test("POST /v1/telemetry answers no points with no refusals", async () => {
  const { app } = testEdge();
  const response = await telemetry(app, []);
  assertEquals(response.status, 200);
  assertEquals(await response.json(), { accepted: 0, late: 0, duplicates: 0, refused: [] });
});

Deno.test("a body in chunks of a network's size is read whole", async () => {
  const { app } = testEdge();
  const points = Array.from(
    { length: 5_000 },
    (_, i) => point({ at: 1_780_000_000_000 + i * 1_000 }),
  );
  const text = JSON.stringify({ points });
  const pieces = Array.from(
    { length: Math.ceil(text.length / 1_400) },
    (_, i) => text.slice(i * 1_400, (i + 1) * 1_400),
  );
  const response = await post(app, "/v1/telemetry", { body: chunked(pieces) });
  assert(response.ok);
  assertEquals((await response.json()).accepted, 5_000);
});
