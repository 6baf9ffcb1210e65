import { assertEquals, assertRejects } from "@std/assert";
import { createGatewayClient, GatewayError, type SyncRequest } from "../../../scoring/edge/mod.ts";

const EMPTY: SyncRequest = { edgeId: "e", epoch: "a", firstSeq: 1, items: [] };

/** Answers of a gateway to a sync, and what the edge makes of them. */
const ANSWERS: readonly (readonly [string, () => Promise<Response>, number, string])[] = [
  ["no connection", () => Promise.reject(new TypeError("refused")), 0, "UNREACHABLE"],
  [
    "a proxy's page",
    () => Promise.resolve(new Response("<html>", { status: 502 })),
    502,
    "UNKNOWN",
  ],
  [
    "a problem",
    () => Promise.resolve(Response.json({ code: "SYNC_GAP", limit: 3 }, { status: 409 })),
    409,
    "SYNC_GAP",
  ],
  ["an answer that is cut", () => Promise.resolve(new Response('{"ackSeq":')), 0, "BROKEN"],
];

for (const [what, answer, status, code] of ANSWERS) {
  Deno.test(`a gateway that gives ${what} is ${status} ${code}`, async () => {
    const client = createGatewayClient({ url: "http://gateway/", key: "k", fetch: answer });
    const error = await assertRejects(() => client.sync(EMPTY), GatewayError);
    assertEquals([error.status, error.code], [status, code]);
  });
}

Deno.test("a gateway that is silent counts as absent after the timeout", async () => {
  const silent = (_url: string, { signal }: RequestInit) =>
    new Promise<Response>((_, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason))
    );
  const client = createGatewayClient({ url: "http://g", key: "k", fetch: silent, timeoutMs: 5 });
  const error = await assertRejects(() => client.bundle("x"), GatewayError);
  assertEquals(error.code, "UNREACHABLE");
});

Deno.test("an edge presents its key, follows no redirect and escapes names", async () => {
  const asked: [string, RequestInit][] = [];
  const client = createGatewayClient({
    url: "http://gateway//",
    key: "secret",
    fetch: (url, init) => {
      asked.push([url, init]);
      return Promise.resolve(new Response(null, { status: 304 }));
    },
  });
  assertEquals(await client.assignments("a/b?c", '"tag"'), undefined);
  const [[url, { headers, redirect }]] = asked;
  assertEquals(url, "http://gateway/edge/v1/assignments?metrics=once&edge=a%2Fb%3Fc");
  assertEquals(redirect, "manual");
  assertEquals(headers, { authorization: "Bearer secret", "if-none-match": '"tag"' });
});
