import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { KEY, NOW, post } from "../kit.ts";
import { senderEdge } from "./sender_kit.ts";

const AT = NOW - 60_000;
const NS = `${AT}000000`;

function write(
  edge: ReturnType<typeof senderEdge>,
  body: string | Uint8Array<ArrayBuffer>,
  query = "",
) {
  return post(edge.app, `/api/v2/write${query}`, {
    body,
    headers: { "content-type": "text/plain" },
  });
}

const LINES: readonly (readonly [string, stored: Record<string, number>])[] = [
  [`cpu,host=a value=1 ${NS}`, { [`a cpu@${AT}`]: 1 }],
  [`cpu,host=a value=1`, { [`a cpu@${NOW}`]: 1 }],
  [`cpu,cpu=cpu0,host=a usage_idle=93.5,usage_user=2 ${NS}`, {
    [`a cpu_usage_idle{cpu="cpu0"}@${AT}`]: 93.5,
    [`a cpu_usage_user{cpu="cpu0"}@${AT}`]: 2,
  }],
  [`m,host=a i=-7i,u=7u,e=-1.5e3,p=+2,d=.5,t=true,f=F ${NS}`, {
    [`a m_i@${AT}`]: -7,
    [`a m_u@${AT}`]: 7,
    [`a m_e@${AT}`]: -1_500,
    [`a m_p@${AT}`]: 2,
    [`a m_d@${AT}`]: 0.5,
    [`a m_t@${AT}`]: 1,
    [`a m_f@${AT}`]: 0,
  }],
  [String.raw`my\ disk\,x,host=a\ b,path=C:\\dir\=1 free\ space=1 ${NS}`, {
    [String.raw`a b my disk,x_free space{path="C:\\\\dir=1"}@${AT}`]: 1,
  }],
  [`m,host=a s="a \\" , = \n b",v=1 ${NS}\nm,host=a v=2 ${NS.slice(0, -7)}1000000`, {
    [`a m_v@${AT}`]: 1,
    [`a m_v@${AT - AT % 10 + 1}`]: 2,
  }],
  [`# a comment\n\n\r\nm,host=a v=1 ${NS}\r\n`, { [`a m_v@${AT}`]: 1 }],
  [`m,host=a   v=1   ${NS}  `, { [`a m_v@${AT}`]: 1 }],
  [`m,host=zażółć v=1 ${NS}`, { [`zażółć m_v@${AT}`]: 1 }],
];
for (const [text, stored] of LINES) {
  Deno.test(`${JSON.stringify(text).slice(0, 60)} is kept`, async () => {
    const edge = senderEdge();
    const response = await write(edge, text);
    assertEquals(response.status, 204, await response.text());
    assertEquals(edge.stored(), stored);
  });
}

const BAD_LINES = [
  "cpu",
  "cpu,host=a",
  "cpu,host=a v",
  "cpu,host=a v=",
  "cpu,host=a v=1x",
  "cpu,host=a v=NaN",
  "cpu,host=a v=1i2",
  "cpu,host=a v=1 noon",
  "cpu,host=a v=1 1 1",
  "cpu,host=a v=1,",
  "cpu,host= v=1",
  "cpu,=a v=1",
  "cpu,host=a,host=b v=1",
  ",host=a v=1",
  'cpu,host=a v="text',
  `cpu,host=${"x".repeat(3_000)} v=1`,
  `cpu,host=a,${"t".repeat(1_100)}=1 v=1`,
  `cpu,${Array.from({ length: 65 }, (_, i) => `t${i}=1`).join(",")} v=1`,
  `cpu ${Array.from({ length: 1_001 }, (_, i) => `f${i}=1`).join(",")}`,
  "cpu,host=\ufffd v=1",
];
for (const bad of BAD_LINES) {
  Deno.test(`the line ${JSON.stringify(bad).slice(0, 40)} is refused, its neighbours are kept`, async () => {
    const edge = senderEdge();
    const response = await write(edge, `m,host=a v=1 ${NS}\n${bad}\nm,host=b v=2 ${NS}`);
    assertEquals(response.status, 400);
    const { code, message, line, errors } = await response.json();
    assertEquals([code, line, errors.length, errors[0].code], ["invalid", 2, 1, "LINE_INVALID"]);
    assertMatch(message, /^partial write: line 2: .* dropped=1$/);
    assert(response.headers.get("x-influxdb-error")?.startsWith("partial write"));
    assertEquals(edge.stored(), { [`a m_v@${AT}`]: 1, [`b m_v@${AT}`]: 2 });
  });
}

Deno.test("bytes that are no UTF-8 cost only their own line", async () => {
  const edge = senderEdge();
  const text = new TextEncoder().encode(`m,host=a v=1 ${NS}\nm,host=_ v=1 ${NS}\n`);
  text[text.lastIndexOf(95)] = 0xff;
  assertEquals((await write(edge, text)).status, 400);
  assertEquals(edge.stored(), { [`a m_v@${AT}`]: 1 });
});

Deno.test("lines are numbered by the breaks of the body, those inside of texts too", async () => {
  const edge = senderEdge();
  const body = `# one\nm,host=a s="\n\n",v=1\nbad\n`;
  assertEquals((await (await write(edge, body)).json()).line, 5);
});

Deno.test("version 1 tells a partial write in its own words", async () => {
  const edge = senderEdge();
  const response = await post(edge.app, "/write?db=telegraf", { body: "bad\nworse" });
  assertEquals(response.status, 400);
  assertMatch((await response.json()).error, /^partial write: line 1: .* dropped=2$/);
});

const PRECISIONS = [["", 1e6], ["ns", 1e6], ["us", 1e3], ["u", 1e3], ["ms", 1], ["s", 1e-3], [
  "m",
  1 / 60_000,
], ["h", 1 / 3_600_000]] as const;
for (const [precision, perMs] of PRECISIONS) {
  Deno.test(`precision "${precision}" is honoured`, async () => {
    const edge = senderEdge();
    const at = Math.floor(AT / 3_600_000) * 3_600_000;
    const timestamp = BigInt(Math.round(at * Math.min(perMs, 1))) * BigInt(Math.max(perMs, 1));
    const query = precision === "" ? "" : `?precision=${precision}`;
    assertEquals((await write(edge, `m,host=a v=1 ${timestamp}`, query)).status, 204);
    assertEquals(edge.stored(), { [`a m_v@${at}`]: 1 });
  });
}

const REFUSED = [
  ["an unknown precision", "/write?precision=days", "m,host=a v=1", 400],
  ["no body", "/write", "", 400],
  ["10,001 bad lines", "/write", "x\n".repeat(10_001), 413],
  ["10,001 fields", "/write", `m,host=a ${"v=1,".repeat(999)}v=1\n`.repeat(11), 413],
] as const;
for (const [what, path, body, status] of REFUSED) {
  Deno.test(`${what} is answered with ${status}`, async () => {
    const edge = senderEdge();
    assertEquals((await post(edge.app, path, { body })).status, status);
    assertEquals(edge.errors, []);
  });
}

const CREDENTIALS: readonly (readonly [string, query: string, Record<string, string>, number])[] = [
  ["Token", "", { authorization: `Token ${KEY}` }, 204],
  ["Token with a user name", "", { authorization: `Token telegraf:${KEY}` }, 204],
  ["Basic", "", { authorization: `Basic ${btoa(`telegraf:${KEY}`)}` }, 204],
  ["the query", `?u=telegraf&p=${KEY}`, {}, 204],
  ["the query, wrong", "?u=telegraf&p=x", {}, 401],
  ["query and header", `?p=${KEY}`, { authorization: `Token ${KEY}` }, 400],
  ["nothing", "", {}, 401],
];
for (const [what, query, headers, status] of CREDENTIALS) {
  Deno.test(`a key by ${what} is answered with ${status}`, async () => {
    const { app } = senderEdge();
    const body = `m,host=a v=1 ${NS}`;
    const response = await app.request(`/write${query}`, { method: "POST", body, headers });
    assertEquals(response.status, status);
  });
}

const TOLD: readonly (readonly [string, Record<string, string>, BodyInit, number, string])[] = [
  ["a wrong key", { authorization: "Token nobody" }, "m v=1", 401, "unauthorized"],
  ["a key that may not send", { authorization: "Token key-of-viewer" }, "m v=1", 403, "forbidden"],
  ["no body", {}, "", 400, "invalid"],
  ["too many bad lines", {}, "x\n".repeat(10_001), 413, "request too large"],
  ["bytes that are no gzip", { "content-encoding": "gzip" }, "m v=1", 400, "invalid"],
];
for (const [what, headers, body, status, code] of TOLD) {
  Deno.test(`${what} is told in the words of both versions`, async () => {
    const { app } = senderEdge();
    const [one, two] = [
      await post(app, "/write", { body, headers }),
      await post(app, "/api/v2/write", { body, headers }),
    ];
    assertEquals([one.status, two.status], [status, status]);
    const { error } = await one.json();
    assertMatch(error, /^[A-Z_]+: Cannot /);
    assertEquals(one.headers.get("x-influxdb-error"), error);
    assertEquals(await two.json(), { code, message: error });
  });
}

Deno.test("a body in gzip is taken by both versions", async () => {
  for (const [path, at] of [["/write", NS], ["/api/v2/write", `${AT + 1}000000`]]) {
    const edge = senderEdge();
    const stream = new Blob([`m,host=a v=1 ${at}`]).stream()
      .pipeThrough(new CompressionStream("gzip"));
    const body = await new Response(stream).bytes();
    const headers = { "content-encoding": "gzip" };
    assertEquals((await post(edge.app, path, { body, headers })).status, 204);
    assertEquals(Object.keys(edge.stored()).length, 1);
  }
});

Deno.test("a key in the query counts for version 1 alone", async () => {
  const { app } = senderEdge();
  const sent = { method: "POST", body: `m,host=a v=1 ${NS}` };
  assertEquals((await app.request(`/api/v2/write?p=${KEY}`, sent)).status, 401);
});

Deno.test("Telegraf finds what it asks before it writes", async () => {
  const { app } = senderEdge();
  assertEquals((await app.request("/ping")).status, 204);
  assertEquals((await app.request("/ping", { method: "HEAD" })).status, 204);
  assertEquals((await (await app.request("/health")).json()).status, "pass");
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const create = encodeURIComponent('CREATE DATABASE "telegraf"');
  const inForm = await post(app, "/query", { body: `q=${create}`, headers: form });
  assertEquals([inForm.status, await inForm.json()], [200, { results: [{ statement_id: 0 }] }]);
  assertEquals((await post(app, `/query?q=${create}`, {})).status, 200);
  assertEquals((await post(app, "/query?q=DROP%20DATABASE%20x", {})).status, 400);
});

Deno.test("rules see measurement, field and what the query names", async () => {
  const rules = [{
    match: { labels: { __database__: "plant", __field__: "usage_*" } },
    device: "{__database__}-{host}",
    metric: "{__measurement__}.{__field__}",
  }];
  const edge = senderEdge({ settings: { rules, version: 1 } });
  await post(edge.app, "/write?db=plant", { body: `cpu,host=a usage_idle=1 ${NS}` });
  assertEquals(edge.stored(), { [`plant-a cpu.usage_idle@${AT}`]: 1 });
});

Deno.test("property: what is escaped is read as it was", async () => {
  const name = fc.string({
    unit: fc.constantFrom("a", " ", ",", "=", "é", "."),
    minLength: 1,
    maxLength: 6,
  });
  const escape = (text: string) => text.replace(/[ ,=]/g, "\\$&");
  await fc.assert(
    fc.asyncProperty(
      name,
      name,
      name,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      async (host, tag, field, value) => {
        const edge = senderEdge();
        const line = `m,host=${escape(host)},t=${escape(tag)} ${escape(field)}=${value} ${NS}`;
        assertEquals((await write(edge, line)).status, 204, line);
        const metric = `m_${field}{t=${JSON.stringify(tag)}}`.replace("m_value{", "m{");
        assertEquals(edge.stored(), { [`${host} ${metric}@${AT}`]: value === 0 ? 0 : value });
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("property: no text is answered with a 5xx", async () => {
  const edge = senderEdge();
  const unit = fc.constantFrom("a", "=", ",", " ", "\\", '"', "\n", "1", "i", ".", "-", "\0");
  await fc.assert(
    fc.asyncProperty(fc.string({ unit, minLength: 1, maxLength: 40 }), async (text) => {
      const { status } = await write(edge, `m,host=a v=1 ${NS}\n${text}`);
      assert([204, 400].includes(status));
    }),
    { numRuns: 500 },
  );
  assertEquals(edge.errors, []);
});
