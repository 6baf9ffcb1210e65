import { assertEquals } from "@std/assert";
import type { Hono } from "hono";
import { DEFAULT_EDGE_LIMITS } from "../../../scoring/edge/mod.ts";
import { KEY, type TestEdge, testEdge } from "./kit.ts";
import { SERVED_MODELS } from "./served_model.ts";

interface Operation {
  readonly responses: Readonly<Record<string, unknown>>;
}

/** Statuses that an operation must name where it can answer by them. */
const NAMED = ["401", "403", "404", "413", "415", "422", "429"];

const NO_INCIDENTS = { list: () => Promise.resolve([]), find: () => Promise.resolve(undefined) };

function openApp(limits = DEFAULT_EDGE_LIMITS): Hono {
  const edge: TestEdge = testEdge({
    tenantOf: () => ({ ingest: edge.ingest, models: SERVED_MODELS, incidents: NO_INCIDENTS }),
    limits,
  });
  return edge.app;
}

const WITH_KEY = { "x-api-key": KEY, "content-type": "application/json" };
const WRONG_KEY = { ...WITH_KEY, "x-api-key": "key-of-nobody" };
const AS_VIEWER = { ...WITH_KEY, "x-api-key": "key-of-viewer" };
const TERABYTE = { "content-length": "1000000000000" };
const REMOTE_WRITE = { "content-encoding": "snappy", "content-type": "application/x-protobuf" };
const OF_NO_MODEL = JSON.stringify({ model: "x:production", vectors: [[1]], metrics: { cpu: 1 } });

/** Requests to which an operation may say no, each in its own way. */
function badRequests(method: string): RequestInit[] {
  const asked = [{ method, headers: WRONG_KEY }, { method, headers: AS_VIEWER }];
  if (method === "GET") return [...asked, { headers: WITH_KEY }];
  const sent = (body: string, headers: Record<string, string> = {}) => (
    { method, body, headers: { ...WITH_KEY, ...headers } }
  );
  return [
    ...asked,
    sent("null"),
    sent("{}", { "content-encoding": "br" }),
    sent("{}", TERABYTE),
    sent("{}", { ...TERABYTE, ...REMOTE_WRITE }),
    sent(OF_NO_MODEL),
  ];
}

const app = openApp();
const hasty = () => openApp({ ...DEFAULT_EDGE_LIMITS, requestsPerSecond: 1, requestsBurst: 1 });
const paths: Record<string, Record<string, Operation>> =
  (await (await app.request("/openapi.json")).json()).paths;
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => (
    { path, method: method.toUpperCase(), operation }
  ))
);

for (const { path, method, operation } of operations) {
  Deno.test(`${method} ${path} names the statuses by which it refuses, and no others`, async () => {
    const url = `${path.replace("{id}", "nothing")}?first=0`;
    const seen = new Set<string>();
    const ask = async (asked: Hono, init: RequestInit) => {
      const response = await asked.request(url, init);
      await response.body?.cancel();
      seen.add(String(response.status));
    };
    for (const bad of badRequests(method)) await ask(app, bad);
    const slow = hasty();
    for (let tries = 0; tries < 2; tries++) await ask(slow, { method, headers: WITH_KEY });
    assertEquals(
      NAMED.filter((status) => seen.has(status)),
      NAMED.filter((status) => status in operation.responses),
    );
  });
}
