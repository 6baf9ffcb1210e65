import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { DEFAULT_EDGE_LIMITS } from "../../../../scoring/edge/limits.ts";
import { KEY, NOW, post } from "../kit.ts";
import {
  encodeV1,
  encodeV2,
  snappy,
  STALE,
  V1,
  V2,
  written,
  type WrittenSeries,
} from "./encode_remote_write.ts";
import { senderEdge } from "./sender_kit.ts";

const PATH = "/api/v1/write";
const AT = NOW - 60_000;

const UP: WrittenSeries = {
  labels: [["__name__", "up"], ["instance", "web-1"]],
  samples: [[AT, 1], [AT + 1_000, 0]],
};
const IDLE: WrittenSeries = {
  labels: [["__name__", "cpu_seconds_total"], ["instance", "web-2"], ["mode", "idle"]],
  samples: [[AT, 12.5]],
};
const STORED = {
  [`web-1 up@${AT}`]: 1,
  [`web-1 up@${AT + 1_000}`]: 0,
  [`web-2 cpu_seconds_total{mode="idle"}@${AT}`]: 12.5,
};

function writtenCounts({ headers }: Response): (string | null)[] {
  return ["samples", "histograms", "exemplars"].map((each) =>
    headers.get(`x-prometheus-remote-write-${each}-written`)
  );
}

for (const [version, encode, type] of [["1.0", encodeV1, V1], ["2.0", encodeV2, V2]] as const) {
  Deno.test(`remote write ${version} is kept, and counted in the answer`, async () => {
    const edge = senderEdge();
    const response = await post(edge.app, PATH, written(encode([UP, IDLE]), type));
    assertEquals([response.status, ...writtenCounts(response)], [204, "3", "0", "0"]);
    assertEquals(edge.stored(), STORED);
    assertEquals(edge.made.map(({ metric, kind }) => [metric, kind]), [
      ["up", "gauge"],
      ['cpu_seconds_total{mode="idle"}', "counter"],
    ]);
  });

  Deno.test(`remote write ${version} that comes again changes nothing and is well`, async () => {
    const edge = senderEdge();
    await post(edge.app, PATH, written(encode([UP, IDLE]), type));
    const again = await post(edge.app, PATH, written(encode([IDLE, UP]), type));
    assertEquals([again.status, ...writtenCounts(again)], [204, "3", "0", "0"]);
    assertEquals(edge.stored(), STORED);
  });

  Deno.test(`remote write ${version}: a stale marker ends a series and is no value`, async () => {
    const edge = senderEdge();
    const ended = { ...UP, samples: [[AT, 1], [AT + 1_000, STALE]] as const };
    const response = await post(edge.app, PATH, written(encode([ended]), type));
    assertEquals([response.status, ...writtenCounts(response)], [204, "2", "0", "0"]);
    assertEquals(edge.stored(), { [`web-1 up@${AT}`]: 1 });
  });

  Deno.test(`remote write ${version}: NaN, infinities, histograms and exemplars are not written`, async () => {
    const edge = senderEdge();
    const samples = [[AT, NaN], [AT, Infinity], [AT, 1]] as const;
    const body = encode([{ ...UP, samples, histograms: 2, exemplars: 3 }]);
    const response = await post(edge.app, PATH, written(body, type));
    assertEquals([response.status, ...writtenCounts(response)], [204, "1", "0", "0"]);
    const metrics = await (await edge.app.request("/metrics")).text();
    assertMatch(metrics, /treeline_points_total{result="skipped_histogram"} 2/);
    assertMatch(metrics, /treeline_points_total{result="skipped_not_finite"} 2/);
  });

  const poison: readonly (readonly [string, WrittenSeries["labels"]])[] = [
    ["no name", [["instance", "a"]]],
    ["no labels", []],
    ["a repeated label", [["__name__", "up"], ["a", "1"], ["a", "2"], ["instance", "a"]]],
    ["an empty label name", [["", "x"], ["__name__", "up"], ["instance", "a"]]],
    ["an empty label value", [["__name__", "up"], ["a", ""], ["instance", "a"]]],
    ["a label of 1 MB", [["__name__", "up"], ["instance", "x".repeat(1_000_000)]]],
    ["a label name of 2 kB", [["__name__", "up"], ["x".repeat(2_000), "a"], ["instance", "a"]]],
    ["no device", [["__name__", "up"], ["zone", "a"]]],
    ["a device with a line break", [["__name__", "up"], ["instance", "a\n"]]],
    [
      "65 labels",
      [["__name__", "up"], ...Array.from({ length: 64 }, (_, i) => [`l${i}`, "x"] as const)],
    ],
  ];
  for (const [what, labels] of poison) {
    Deno.test(`remote write ${version}: a series with ${what} is refused, its neighbours are kept`, async () => {
      const edge = senderEdge();
      const bad = { labels, samples: [[AT, 1]] as const };
      const response = await post(edge.app, PATH, written(encode([UP, bad, IDLE]), type));
      assertEquals([response.status, ...writtenCounts(response)], [400, "3", "0", "0"]);
      const { code, detail } = await response.json();
      assertEquals(code, "SAMPLES_REFUSED");
      assertMatch(detail, /^Refused 1 of 4 samples, the others are kept; sample 2: /);
      assertEquals(edge.stored(), STORED);
    });
  }
}

const REFUSED_SAMPLES = [
  ["in seconds", Math.floor(AT / 1_000), 1, "TIMESTAMP_TOO_OLD"],
  ["before 1970", -5, 1, "TIMESTAMP_TOO_OLD"],
  ["ten years ahead", NOW + 3_650 * 86_400_000, 1, "FUTURE_TIMESTAMP"],
  ["with another value for a known instant", AT, 7, "DUPLICATE_TIMESTAMP"],
] as const;
for (const [what, at, value, code] of REFUSED_SAMPLES) {
  Deno.test(`a sample ${what} is refused, its neighbours are kept`, async () => {
    const edge = senderEdge();
    await post(edge.app, PATH, written(encodeV1([UP])));
    const bad = { ...UP, samples: [[at, value], [AT + 2_000, 4]] as const };
    const response = await post(edge.app, PATH, written(encodeV1([bad])));
    assertEquals(response.status, 400);
    assert((await response.json()).detail.includes(code));
    assertEquals(edge.stored()[`web-1 up@${AT + 2_000}`], 4);
  });
}

Deno.test("samples out of order are kept", async () => {
  const edge = senderEdge();
  const samples = [[AT + 3_000, 3], [AT + 1_000, 1], [AT + 2_000, 2]] as const;
  assertEquals((await post(edge.app, PATH, written(encodeV1([{ ...UP, samples }])))).status, 204);
  assertEquals(Object.values(edge.stored()).sort(), [1, 2, 3]);
});

Deno.test("labels may come in any order and after the samples", async () => {
  const edge = senderEdge();
  const [name, instance, mode] = IDLE.labels;
  await post(edge.app, PATH, written(encodeV1([{ ...IDLE, labels: [mode, instance, name] }])));
  const early = encodeV1([{ labels: [], samples: [[AT + 5, 6]] }]);
  const late = encodeV1([{ labels: IDLE.labels }]);
  const joined = [...early.subarray(2), ...late.subarray(2)];
  const turned = new Uint8Array([0x0a, joined.length, ...joined]);
  assertEquals((await post(edge.app, PATH, written(turned))).status, 204);
  assertEquals(Object.keys(edge.stored()), [
    `web-2 cpu_seconds_total{mode="idle"}@${AT}`,
    `web-2 cpu_seconds_total{mode="idle"}@${AT + 5}`,
  ]);
});

Deno.test("what a sender says of a metric is believed before its name", async () => {
  const edge = senderEdge();
  const fds: WrittenSeries = { ...UP, labels: [["__name__", "fds_count"], ["instance", "a"]] };
  const bytes = { ...UP, labels: [["__name__", "sent"], ["instance", "a"]] as const };
  await post(edge.app, PATH, written(encodeV1([], [["fds_count", 2, ""]])));
  await post(edge.app, PATH, written(encodeV1([fds])));
  const stated = { ...bytes, metadata: { type: 1, unit: "bytes" } };
  await post(edge.app, PATH, written(encodeV2([stated]), V2));
  assertEquals(edge.made.map(({ metric, kind, unit }) => [metric, kind, unit]), [
    ["fds_count", "gauge", ""],
    ["sent", "counter", "bytes"],
  ]);
});

const UNREAD = encodeV1([UP]);
const field = (...bytes: number[]) => written(new Uint8Array([...UNREAD, ...bytes]));
const BAD_BODIES: readonly (readonly [string, Parameters<typeof post>[2], status: number])[] = [
  ["JSON", { body: "{}" }, 415],
  ["an unknown message", written(UNREAD, `${V1};proto=prometheus.Other`), 415],
  ["zstd", {
    ...written(UNREAD),
    headers: { "content-type": V1, "content-encoding": "zstd" },
  }, 415],
  ["no body", { headers: written(UNREAD).headers }, 400],
  ["no snappy", { ...written(UNREAD), body: new Uint8Array(UNREAD) }, 400],
  ["a snappy frame", {
    ...written(UNREAD),
    body: new Uint8Array([0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59, 1]),
  }, 400],
  ["a snappy block of 4 GB", {
    ...written(UNREAD),
    body: new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f, 0]),
  }, 413],
  ["a snappy literal of 4 GB", {
    ...written(UNREAD),
    body: new Uint8Array([9, 252, 0xfa, 0xff, 0xff, 0xff, 0, 0]),
  }, 400],
  ["a message that is cut", written(UNREAD.subarray(0, -3)), 400],
  ["a group", field(0x0b, 0x0c), 400],
  ["the end of a group", field(0x0c), 400],
  ["wire type 6", field(0x0e), 400],
  ["wire type 7", field(0x0f), 400],
  ["field 0", field(0x00, 0x01), 400],
  ["a varint of 11 bytes", field(0x78, ...Array(10).fill(0x80), 1), 400],
  ["a tag of 11 bytes", field(...Array(10).fill(0x80), 1), 400],
  ["a length past the end", field(0x0a, 0xff, 0xff, 0xff, 0x7f), 400],
  ["labels as a number", field(0x0a, 2, 0x08, 1), 400],
  ["a text that is no UTF-8", field(0x0a, 5, 0x0a, 3, 0x0a, 1, 0xff), 400],
  ["10,001 empty series", written(new Uint8Array(20_002).map((_, i) => i % 2 ? 0 : 0x0a)), 413],
  ["5M empty series", written(new Uint8Array(10_000_000).map((_, i) => i % 2 ? 0 : 0x0a)), 413],
  ["10,001 samples", written(encodeV1([{ ...UP, samples: Array(10_001).fill([AT, 1]) }])), 413],
  ["symbols that begin with a name", written(new Uint8Array([0x22, 1, 0x61]), V2), 400],
];
for (const [what, sent, status] of BAD_BODIES) {
  Deno.test(`remote write of ${what} is answered with ${status}`, async () => {
    const edge = senderEdge();
    const response = await post(edge.app, PATH, sent);
    assertEquals(response.status, status, await response.text());
    assertEquals(edge.stored(), {});
    assertEquals(edge.errors, []);
  });
}

Deno.test("remote write 2.0 with an index outside of its symbols refuses that series", async () => {
  const edge = senderEdge();
  const good = encodeV2([UP]);
  const bad = [0x2a, 6, 0x0a, 2, 1, 99, 0x12, 0];
  const response = await post(edge.app, PATH, written(new Uint8Array([...good, ...bad]), V2));
  assertEquals([response.status, ...writtenCounts(response)], [400, "2", "0", "0"]);
});

Deno.test("fields that nobody knows are passed over", async () => {
  const edge = senderEdge();
  const unknown = field(0x78, 5, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 2, 1, 2, 0x7d, 1, 2, 3, 4);
  assertEquals((await post(edge.app, PATH, unknown)).status, 204);
  assertEquals(Object.keys(edge.stored()).length, 2);
});

Deno.test("a fault of the store is a 503, and the whole request can come again", async () => {
  const edge = senderEdge();
  edge.store.failures.push(...Array(3).fill(new Error("disk is full")));
  // The first request only makes names; nothing of it is recorded.
  const failed = await post(edge.app, PATH, written(encodeV1([UP, IDLE])));
  assertEquals([failed.status, failed.headers.get("retry-after")], [503, "1"]);
  assertEquals(edge.stored(), {});
  edge.store.failures.length = 0;
  assertEquals((await post(edge.app, PATH, written(encodeV1([UP, IDLE])))).status, 204);
  assertEquals(edge.stored(), STORED);
});

const CREDENTIALS = [
  ["Bearer", `Bearer ${KEY}`, 204],
  ["Basic with the key as password", `Basic ${btoa(`prometheus:${KEY}`)}`, 204],
  ["Basic with another password", `Basic ${btoa("prometheus:x")}`, 401],
  ["Basic without base64", "Basic $$$", 401],
  ["a role that may not send", "Bearer key-of-viewer", 403],
] as const;
for (const [what, authorization, status] of CREDENTIALS) {
  Deno.test(`${what} is answered with ${status}`, async () => {
    const { body, headers } = written(encodeV1([UP]));
    const sent = { body, headers: { ...headers, authorization } };
    assertEquals((await post(senderEdge().app, PATH, sent)).status, status);
  });
}

Deno.test("property: what is encoded is stored, whatever the values, in both versions", async () => {
  const sample = fc.tuple(
    fc.integer({ min: 0, max: 100_000_000 }).map((back) => NOW - back),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const labelled = fc.record({
    name: fc.stringMatching(/^[a-z_]{1,8}$/),
    mode: fc.string({ minLength: 1, maxLength: 5, unit: "grapheme-ascii" }),
    samples: fc.uniqueArray(sample, { maxLength: 4, selector: ([at]) => at }),
  });
  const series = fc.uniqueArray(labelled, { maxLength: 5, selector: ({ name }) => name });
  await fc.assert(
    fc.asyncProperty(series, fc.boolean(), async (all, isV2) => {
      const edge = senderEdge();
      const sent = all.map(({ name, mode, samples }): WrittenSeries => ({
        labels: [["__name__", name], ["instance", "a"], ["mode", mode]],
        samples,
      }));
      const body = isV2 ? written(encodeV2(sent), V2) : written(encodeV1(sent));
      if (sent.length === 0) body.body = snappy(new Uint8Array([0x7a, 0]));
      assertEquals((await post(edge.app, PATH, body)).status, 204);
      assertEquals(
        edge.stored(),
        Object.fromEntries(all.flatMap(({ name, mode, samples }) =>
          samples.map(([at, value]) => [
            `a ${name}{mode=${JSON.stringify(mode)}}@${at}`,
            value === 0 ? 0 : value,
          ])
        )),
      );
    }),
    { numRuns: 60 },
  );
});

Deno.test("property: no bytes are answered with a 5xx or take long", async () => {
  const edge = senderEdge();
  const good = encodeV1([UP, IDLE]);
  const mutation = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(mutation, fc.constantFrom(V1, V2), async (changes, type) => {
      const bytes = good.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      const plain = written(bytes, type);
      const block = new Uint8Array(plain.body);
      for (const [at, byte] of changes) if (at < block.length) block[at] = byte;
      for (const sent of [plain, { ...plain, body: block }]) {
        const { status } = await post(edge.app, PATH, sent);
        assert([204, 400, 413].includes(status), String(status));
      }
    }),
    { numRuns: 300 },
  );
  assertEquals(edge.errors, []);
});

Deno.test("the limit of a decompressed body is its own", () =>
  assert(DEFAULT_EDGE_LIMITS.samplesBytesMax > DEFAULT_EDGE_LIMITS.bodyBytesMax));
