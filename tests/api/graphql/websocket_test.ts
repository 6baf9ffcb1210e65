import { assertEquals } from "@std/assert";
import {
  SOCKET_MESSAGES_PER_SECOND_MAX,
  STREAMS_PER_SOCKET_MAX,
} from "../../../api/graphql/limits.ts";
import { openServer } from "./graphql_server.ts";

interface Message {
  readonly type: string;
  readonly id?: string;
  // deno-lint-ignore no-explicit-any -- a test asserts on whatever is there
  readonly payload?: any;
}

/** A socket without a client library, so that it can do what none would. */
async function openSocket(url: string, protocols: string[] = ["graphql-transport-ws"]) {
  const socket = new WebSocket(url.replace("http", "ws"), protocols);
  const inbox: Message[] = [];
  let wake = () => {};
  socket.onmessage = ({ data }) => {
    inbox.push(JSON.parse(data));
    wake();
  };
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  await new Promise((resolve) => socket.onopen = resolve);
  return {
    closed,
    send: (message: unknown) => socket.send(JSON.stringify(message)),
    sendText: (text: string) => socket.send(text),
    async receive(): Promise<Message> {
      while (inbox.length === 0) await new Promise<void>((resolve) => wake = resolve);
      return inbox.shift() as Message;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed;
    },
  };
}

type Socket = Awaited<ReturnType<typeof openSocket>>;

const subscription = (id: string, query = "subscription { jobProgressed { cursor } }") => ({
  id,
  type: "subscribe",
  payload: { query },
});

async function greet(socket: Socket, key: string): Promise<void> {
  socket.send({ type: "connection_init", payload: { authorization: `Bearer ${key}` } });
  assertEquals((await socket.receive()).type, "connection_ack");
}

const MISUSES: readonly (readonly [
  name: string,
  code: number,
  misuse: (socket: Socket, key: string) => unknown,
])[] = [
  ["subscribes before it says who it is", 4401, (socket) => socket.send(subscription("1"))],
  ["has no key", 4403, (socket) => socket.send({ type: "connection_init" })],
  [
    "has a wrong key",
    4403,
    (socket) =>
      socket.send({ type: "connection_init", payload: { authorization: "Bearer tl_a_b" } }),
  ],
  ["greets twice", 4429, async (socket, key) => {
    await greet(socket, key);
    socket.send({ type: "connection_init" });
  }],
  ["subscribes twice under one id", 4409, async (socket, key) => {
    await greet(socket, key);
    socket.send(subscription("1"));
    socket.send(subscription("1"));
  }],
  ["sends what is not JSON", 4400, (socket) => socket.sendText("{")],
  ["sends a message of 2 MB", 1009, (socket) => socket.sendText(`"${"a".repeat(2e6)}"`)],
  ["sends JSON 10,000 deep", 4400, (socket) => socket.sendText("[".repeat(10_000))],
  ["floods with pings", 4429, async (socket, key) => {
    await greet(socket, key);
    for (let ping = 0; ping < SOCKET_MESSAGES_PER_SECOND_MAX; ping++) {
      socket.send({ type: "ping" });
    }
  }],
  ["never says who it is", 4408, () => {}],
];

for (const [name, code, misuse] of MISUSES) {
  Deno.test(`a socket that ${name} is closed with ${code}`, async () => {
    await using server = await openServer();
    await using socket = await openSocket(server.url);
    await misuse(socket, server.key);
    assertEquals(await socket.closed, code);
  });
}

Deno.test("a socket of another protocol is closed with 4406", async () => {
  await using server = await openServer();
  await using socket = await openSocket(server.url, []);
  assertEquals(await socket.closed, 4406);
});

Deno.test("a socket runs queries and refuses what HTTP refuses", async (t) => {
  await using server = await openServer();
  await using socket = await openSocket(server.url);
  await greet(socket, server.key);
  const cases: readonly (readonly [query: string, code: string | undefined])[] = [
    ["{ tenant { name } }", undefined],
    ["{", "GRAPHQL_PARSE_FAILED"],
    ["{ nothing }", "GRAPHQL_VALIDATION_FAILED"],
    [`{ ${"a ".repeat(3_000)}}`, "LIMIT_EXCEEDED"],
    ["{ __schema { description } }", "GRAPHQL_VALIDATION_FAILED"],
    ["{ apiKeys { edges { node { name } } } }", "FORBIDDEN"],
    [`subscription { jobProgressed(after: "AAAA") { cursor } }`, "CURSOR_INVALID"],
    [`subscription { jobProgressed(jobId: "AAAA") { cursor } }`, "INVALID_INPUT"],
  ];
  for (const [index, [query, code]] of cases.entries()) {
    await t.step(query.slice(0, 60), async () => {
      socket.send(subscription(`${index}`, query));
      const { payload } = await socket.receive();
      const [error] = Array.isArray(payload) ? payload : payload.errors ?? [];
      assertEquals(error?.extensions.code, code);
      assertEquals(error?.extensions.http, undefined);
      if (!Array.isArray(payload)) assertEquals((await socket.receive()).type, "complete");
    });
  }
});

Deno.test("a socket may have so many streams and no more", async () => {
  await using server = await openServer();
  await using socket = await openSocket(server.url);
  await greet(socket, server.key);
  for (let id = 0; id <= STREAMS_PER_SOCKET_MAX; id++) {
    // Slowly enough not to pass the limit of messages.
    if (id % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 1_100));
    socket.send(subscription(`${id}`));
  }
  const { type, id, payload } = await socket.receive();
  assertEquals([type, id], ["error", `${STREAMS_PER_SOCKET_MAX}`]);
  assertEquals(payload[0].extensions.limit.name, "STREAMS_PER_SOCKET_MAX");
});
