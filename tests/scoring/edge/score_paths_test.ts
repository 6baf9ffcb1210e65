import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ModelCatalog } from "../../../scoring/edge/mod.ts";
import { KEY, testEdge } from "./kit.ts";
import { SERVED } from "./served_model.ts";

const { id: modelId } = SERVED.summary;

const find: ModelCatalog["find"] = (reference) =>
  "id" in reference && reference.id === modelId ? SERVED : undefined;
const list = () => Promise.resolve([SERVED.summary]);
const principal = { tenantId: "tenant-1", keyId: "key-1", role: "edge" };

/** Has everything at hand, as a stand-alone edge that is warm. */
const quick = testEdge({ models: { list, find }, authenticate: () => principal }).app;

/** Has to wait for everything. */
const slow = testEdge({
  models: { list, find: (reference) => Promise.resolve(find(reference)) },
  authenticate: () => Promise.resolve(principal),
}).app;

const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };

/** Its length declared, so that it is read in one go. */
async function sentWhole(body: Uint8Array<ArrayBuffer>): Promise<Response> {
  const declared = { ...headers, "content-length": String(body.length) };
  return await quick.request("/v1/score", { method: "POST", body, headers: declared });
}

/** Of unknown length, two pieces one after the other. */
async function sentInPieces(body: Uint8Array<ArrayBuffer>): Promise<Response> {
  const pieces = [body.slice(0, body.length / 2), body.slice(body.length / 2)];
  const stream = ReadableStream.from(pieces.filter(({ length }) => length > 0));
  return await slow.request("/v1/score", { method: "POST", body: stream, headers });
}

/** What an answer says, but for the name of its request. */
async function told(response: Response): Promise<unknown> {
  const { requestId: _, ...body } = await response.json();
  return [response.status, response.headers.get("content-type"), body];
}

const encode = (text: string) => new TextEncoder().encode(text);
const value = fc.oneof(fc.double(), fc.constantFrom<unknown>(null, "1", 1e300, -0, []));
const vector = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.float({ noNaN: true }), { minLength: 3, maxLength: 3 }) },
  fc.array(value, { maxLength: 4 }),
  fc.constant("no vector"),
);
const request = fc.record({
  model: fc.oneof({ weight: 9, arbitrary: fc.constant(modelId) }, fc.string()),
  vectors: fc.array(vector, { maxLength: 4 }),
  period: fc.constantFrom(undefined, "any", "weekend_day", "\ufffd"),
  explain: fc.constantFrom<unknown>(undefined, true, false, "path", "shapley", 1),
  counterfactual: fc.constantFrom<unknown>(undefined, false, true, "true"),
}).map((asked) => encode(JSON.stringify(asked)));

/** A request of which one byte is another. */
const damaged = fc.tuple(request, fc.nat(), fc.integer({ min: 0, max: 255 }))
  .map(([bytes, at, byte]) => bytes.with(at % bytes.length, byte));

const body = fc.oneof(
  { weight: 4, arbitrary: request },
  { weight: 4, arbitrary: damaged },
  request.map((bytes) => new Uint8Array([0xef, 0xbb, 0xbf, ...bytes])),
  fc.json().map(encode),
  fc.uint8Array({ minLength: 1, maxLength: 40 }),
);

Deno.test("a body that is here at once and one that is waited for have the same answer", async () => {
  await fc.assert(
    fc.asyncProperty(body, async (drawn) => {
      const bytes = new Uint8Array(drawn);
      assertEquals(await told(await sentWhole(bytes)), await told(await sentInPieces(bytes)));
    }),
    { seed: 7, numRuns: 400 },
  );
});

Deno.test("refusals before the body are the same as well", async () => {
  const cases: readonly Record<string, string>[] = [
    { "content-type": "text/plain" },
    { "content-type": "APPLICATION/JSON; charset=utf-8" },
    { "content-encoding": "br" },
    { "content-encoding": "gzip" },
    { "x-api-key": KEY },
    { "authorization": "Negotiate x" },
  ];
  const bytes = encode(JSON.stringify({ model: modelId, vectors: [[1, 2, 3]] }));
  for (const change of cases) {
    const ask = async (app: typeof quick) =>
      told(
        await app.request("/v1/score", {
          method: "POST",
          body: bytes,
          headers: { ...headers, "content-length": String(bytes.length), ...change },
        }),
      );
    assertEquals(await ask(quick), await ask(slow));
  }
});
