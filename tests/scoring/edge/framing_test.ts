import { assert, assertEquals, assertMatch } from "@std/assert";
import { KEY, point, testEdge } from "./kit.ts";

const BODY = JSON.stringify({ points: [point()] });

function request(headers: readonly string[], body: string): string {
  return [
    "POST /v1/telemetry HTTP/1.1",
    "host: edge",
    `authorization: Bearer ${KEY}`,
    "content-type: application/json",
    "connection: close",
    ...headers,
    "",
    body,
  ].join("\r\n");
}

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** Odd framing, and what the first line of the answer is, if there is one at all. */
const FRAMES: readonly (readonly [string, string, RegExp])[] = [
  ["a right length", request([`content-length: ${BODY.length}`], BODY), / 200 /],
  ["chunks", request(["transfer-encoding: chunked"], chunk(BODY) + chunk("")), / 200 /],
  ["a length that is short", request(["content-length: 5"], BODY), / 400 /],
  ["a length that is long", request([`content-length: ${BODY.length + 9}`], BODY), /^$| 400 /],
  ["two lengths", request(["content-length: 5", "content-length: 6"], BODY), /^$| 400 /],
  ["a length that is no number", request(["content-length: abc"], BODY), /^$| 4\d\d /],
  ["a negative length", request(["content-length: -1"], BODY), /^$| 4\d\d /],
  ["a terabyte", request(["content-length: 1000000000000"], BODY), / 413 /],
  [
    "a length and chunks",
    request(["content-length: 5", "transfer-encoding: chunked"], chunk(BODY) + chunk("")),
    /^$| 200 | 400 /,
  ],
  [
    "a small length and chunks beyond the limit",
    request(["content-length: 5", "transfer-encoding: chunked"], chunk("x".repeat(5 << 20))),
    /^$| 413 /,
  ],
  ["chunks that are none", request(["transfer-encoding: chunked"], "zz\r\n"), /^$| 400 /],
  ["a header of 300 kB", request([`x-odd: ${"a".repeat(300_000)}`], BODY), /^$| 4\d\d /],
  ["no HTTP at all", "\x16\x03\x01\r\n\r\n", /^$| 400 /],
];

/** Sends bytes, says that no more come, and reads the answer's first line. */
async function firstLine(port: number, sent: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    const writer = connection.writable.getWriter();
    await writer.write(new TextEncoder().encode(sent));
    await connection.closeWrite();
    writer.releaseLock();
    const text = await new Response(connection.readable).text();
    return text.split("\r\n", 1)[0];
  } catch (error) {
    // The server may cut the line while it is still being written to.
    if (isCut(error)) return "";
    throw error;
  } finally {
    try {
      connection.close();
    } catch { /* the reader has closed it */ }
  }
}

function isCut(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.NotConnected;
}

Deno.test("odd framing on a socket is refused or cut, never a 5xx, and the edge lives on", async () => {
  const { app, errors } = testEdge();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
  try {
    for (const [what, sent, expected] of FRAMES) {
      assertMatch(await firstLine(server.addr.port, sent), expected, what);
      const live = await fetch(`http://127.0.0.1:${server.addr.port}/livez`);
      assertEquals(live.status, 200, what);
      await live.body?.cancel();
    }
    assertEquals(errors, []);
  } finally {
    await server.shutdown();
  }
});

Deno.test("20,000 one-byte chunks on a socket are refused while the sender still sends", async () => {
  const { app } = testEdge();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
  try {
    const sent = request(["transfer-encoding: chunked"], chunk(" ").repeat(20_000));
    const line = await firstLine(server.addr.port, sent);
    assert(line === "" || line.includes(" 400 "), line);
  } finally {
    await server.shutdown();
  }
});
