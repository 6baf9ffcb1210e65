import { assert, assertLess } from "@std/assert";
import { eventStatements } from "../../../domain/mod.ts";
import { STALLED_READER_MS } from "../../../api/graphql/limits.ts";
import { NOW } from "./graphql_fixture.ts";
import { openServer } from "./graphql_server.ts";

type Server = Awaited<ReturnType<typeof openServer>>;
type Peer = Awaited<ReturnType<typeof connect>>;

const JOBS = "subscription { jobProgressed { cursor node { message } } }";

/** More events than may wait, and each so big that they do not all fit into the system's buffers. */
const EVENTS = 3_000;
const EVENT_BYTES = 8_000;

/** Tells of a job that often. */
async function tell({ gateway, estate: { tenant, rows } }: Server, events: number): Promise<void> {
  const message = "m".repeat(EVENT_BYTES);
  const event = {
    tenantId: tenant.tenantId,
    type: "job.changed",
    subjectId: rows.Job,
    payload: { id: rows.Job, state: "running", kind: "fit", message, params: {} },
    at: NOW,
  } as const;
  const statements = [eventStatements(Array.from({ length: events }, () => event))];
  await gateway.db.writer.commit({ statements });
}

/** Tells of a job now and then until the reader has heard of it: then it is subscribed. */
async function untilSubscribed(server: Server, peer: Peer): Promise<void> {
  let heard = false;
  const hearing = peer.readUntil("jobProgressed").finally(() => {
    heard = true;
  });
  while (!heard) {
    await tell(server, 1);
    await pause(20);
  }
  await hearing;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A bare connection, which reads only when it is told to. */
async function connect(url: string) {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const chunk = new Uint8Array(65_536);
  /** What has come, empty at the end. */
  async function read(): Promise<Uint8Array> {
    return chunk.subarray(0, await connection.read(chunk) ?? 0);
  }
  return {
    read,
    /** Reads on until the text has come, a byte a character. */
    async readUntil(text: string): Promise<void> {
      for (let tail = ""; !tail.includes(text);) {
        const bytes = await read();
        if (bytes.length === 0) throw new Error(`The connection ended before ${text}`);
        tail = tail.slice(-text.length) + String.fromCharCode(...bytes);
      }
    },
    send: (bytes: Uint8Array<ArrayBuffer>) => connection.write(bytes),
    sendHead: (lines: readonly string[]) =>
      connection.write(new TextEncoder().encode([...lines, "", ""].join("\r\n"))),
    [Symbol.dispose]: () => connection.close(),
  };
}

/** A masked text frame of RFC 6455; the mask of zeros leaves the text as it is. */
function frame(message: unknown): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(message));
  const head = text.length < 126
    ? [0x81, 0x80 | text.length]
    : [0x81, 0xfe, text.length >> 8, text.length & 255];
  return Uint8Array.from([...head, 0, 0, 0, 0, ...text]);
}

Deno.test("a socket that reads nothing while 1,000 events wait is closed with 4408", async () => {
  await using server = await openServer();
  using peer = await connect(server.url);
  await peer.sendHead([
    "GET /graphql HTTP/1.1",
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol: graphql-transport-ws",
  ]);
  await peer.read();
  const authorization = `Bearer ${server.key}`;
  await peer.send(frame({ type: "connection_init", payload: { authorization } }));
  await peer.read();
  await peer.send(frame({ id: "1", type: "subscribe", payload: { query: JOBS } }));
  await untilSubscribed(server, peer);
  await tell(server, EVENTS);
  await pause(STALLED_READER_MS + 1_000);

  const closing = String.fromCharCode(0x88, 17, 4408 >> 8, 4408 & 255) + "READER_TOO_SLOW";
  await peer.readUntil(closing);
});

Deno.test("an event stream that is not read while 1,000 events wait is cut", async () => {
  await using server = await openServer();
  using peer = await connect(server.url);
  const body = new TextEncoder().encode(JSON.stringify({ query: JOBS }));
  await peer.sendHead([
    "POST /graphql HTTP/1.1",
    "Host: localhost",
    `Authorization: Bearer ${server.key}`,
    "Content-Type: application/json",
    "Accept: text/event-stream",
    `Content-Length: ${body.length}`,
  ]);
  await peer.send(body);
  await untilSubscribed(server, peer);
  await tell(server, EVENTS);
  await pause(STALLED_READER_MS + 1_000);

  let size = 0;
  for (let bytes = await peer.read(); bytes.length > 0; bytes = await peer.read()) {
    size += bytes.length;
  }
  assert(size > 0);
  assertLess(size, EVENTS * EVENT_BYTES);
});
