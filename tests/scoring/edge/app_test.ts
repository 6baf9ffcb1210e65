import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { KEY, NOW, point, post, telemetry, testEdge } from "./kit.ts";

const BEARER = { authorization: `Bearer ${KEY}` };

const REFUSED_KEYS: readonly (readonly [string, Record<string, string>, number, string])[] = [
  ["no key", {}, 401, "AUTH_REQUIRED"],
  ["an unknown key", { authorization: "Bearer other" }, 401, "AUTH_REQUIRED"],
  ["a basic login", { authorization: "Basic a2V5OmtleQ==" }, 401, "AUTH_REQUIRED"],
  ["a bare key", { authorization: KEY }, 401, "AUTH_REQUIRED"],
  [
    "two keys in one header",
    { authorization: `Bearer ${KEY}, Bearer ${KEY}` },
    401,
    "AUTH_REQUIRED",
  ],
  ["a key in another case", { authorization: `Bearer ${KEY.toUpperCase()}` }, 401, "AUTH_REQUIRED"],
  ["a prefix of the key", { "x-api-key": KEY.slice(0, -1) }, 401, "AUTH_REQUIRED"],
  ["a key of 10,000 characters", { "x-api-key": "x".repeat(10_000) }, 401, "AUTH_REQUIRED"],
  ["two credentials", { ...BEARER, "x-api-key": KEY }, 400, "AUTH_AMBIGUOUS"],
  ["a viewer's key", { authorization: "Bearer key-of-viewer" }, 403, "FORBIDDEN"],
];

for (const [what, headers, status, code] of REFUSED_KEYS) {
  Deno.test(`POST /v1/telemetry answers ${what} with ${status} ${code}`, async () => {
    const { app } = testEdge();
    const response = await app.request("/v1/telemetry", { method: "POST", headers, body: "{}" });
    assertEquals([response.status, (await response.json()).code], [status, code]);
    assertEquals(response.headers.has("www-authenticate"), status === 401);
  });
}

const ROUTES = [
  ["/v1/telemetry", "POST"],
  ["/v1/score", "POST"],
  ["/v1/models", "GET, HEAD"],
  ["/v1/models/x", "GET, HEAD"],
  ["/livez", "GET, HEAD"],
  ["/readyz", "GET, HEAD"],
  ["/metrics", "GET, HEAD"],
  ["/openapi.json", "GET, HEAD"],
] as const;

for (const [path, allow] of ROUTES) {
  for (const method of ["PUT", "DELETE", "PATCH", allow === "POST" ? "GET" : "POST"]) {
    Deno.test(`${method} ${path} is 405 and allows ${allow}`, async () => {
      const { app } = testEdge();
      const response = await app.request(path, { method, headers: BEARER });
      assertEquals([response.status, response.headers.get("allow")], [405, allow]);
      assertEquals((await response.json()).code, "METHOD_NOT_ALLOWED");
    });
  }
}

const ODD_PATHS = [
  "/",
  "/v2/telemetry",
  "/v1/telemetry/",
  "/v1/models/..%2f..%2fetc%2fpasswd",
  "/v1/models/%00",
  "/v1/models/%c0%af",
  "/v1/models/%zz",
  "/v1/models/%0d%0aX-Evil:1",
  "/v1/models/__proto__",
  `/v1/models/${"a".repeat(5_000)}`,
  `/v1/models/${"0".repeat(64)}`,
  "/v1/models/a/b",
];

for (const path of ODD_PATHS) {
  Deno.test(`GET ${path.slice(0, 40)} is 404`, async () => {
    const { app } = testEdge();
    const response = await app.request(path, { headers: BEARER });
    assertEquals(response.status, 404);
    assert((await response.text()).length < 500);
  });
}

Deno.test("requests and traces keep their well-formed ids", async () => {
  const { app } = testEdge();
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const response = await telemetry(app, [point()], { "x-request-id": "a-1", traceparent });
  assertEquals(response.headers.get("x-request-id"), "a-1");
  assertEquals(response.headers.get("traceparent"), traceparent);
});

Deno.test("malformed ids are replaced", async () => {
  const { app } = testEdge();
  const headers = { "x-request-id": "<script>", traceparent: "00-" + "0".repeat(32) + "-x-01" };
  const response = await telemetry(app, [point()], headers);
  assertEquals(response.headers.get("x-request-id"), "request-1");
  assertEquals(response.headers.has("traceparent"), false);
});

Deno.test("a key that asks too often is told when to come back", async () => {
  let now = NOW;
  const { app } = testEdge({
    now: () => now,
    limits: { requestsPerSecond: 1, requestsBurst: 2 },
  });
  const ask = () => app.request("/v1/models", { headers: BEARER });
  assertEquals([(await ask()).status, (await ask()).status], [200, 200]);
  const refused = await ask();
  assertEquals([refused.status, refused.headers.get("retry-after")], [429, "1"]);
  assertEquals((await refused.json()).limit, 1);
  const other = await app.request("/v1/models", {
    headers: { authorization: "Bearer key-of-viewer" },
  });
  assertEquals(other.status, 200);
  now += 1_000;
  assertEquals((await ask()).status, 200);
  now -= 3_600_000;
  assertEquals((await ask()).status, 429);
});

Deno.test("a repeated idempotency key gets the first answer", async () => {
  const { app, store } = testEdge();
  const again = { "idempotency-key": "k-1" };
  const first = await (await telemetry(app, [point()], again)).text();
  const second = await (await telemetry(app, [point()], again)).text();
  assertEquals([first, second], [first, first]);
  assertEquals(JSON.parse(first).accepted, 1);
  assertEquals(store.commits.length, 1);
});

Deno.test("an idempotency key is bound to its body and its sender's answer", async () => {
  const { app, store } = testEdge();
  const key = { "idempotency-key": "k-1" };
  store.failures.push(new Error("disk full"));
  assertEquals((await telemetry(app, [point()], key)).status, 503);
  const held = Promise.withResolvers<void>();
  const commit = store.commit.bind(store);
  store.commit = (effects) => held.promise.then(() => commit(effects));
  const both = [telemetry(app, [point()], key), telemetry(app, [point()], key)];
  assertEquals((await Promise.race(both)).status, 409);
  held.resolve();
  const statuses = (await Promise.all(both)).map(({ status }) => status);
  assertEquals(statuses.sort(), [200, 409]);
  const reused = await telemetry(app, [point({ value: 2 })], key);
  assertEquals([reused.status, (await reused.json()).code], [422, "IDEMPOTENCY_KEY_REUSED"]);
  const malformed = await telemetry(app, [point()], { "idempotency-key": "k 1" });
  assertEquals((await malformed.json()).code, "IDEMPOTENCY_KEY_INVALID");
});

Deno.test("a store that fails is a 503 to try again, its words kept from the caller", async () => {
  const { app, store, errors } = testEdge();
  store.failures.push(new Error("SQLITE_FULL: /secret/path"));
  const response = await telemetry(app, [point()]);
  const text = await response.text();
  assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
  assertEquals([JSON.parse(text).code, text.includes("secret")], ["NOT_RECORDED", false]);
  assertEquals(errors.length, 1);
});

Deno.test("a bug is a masked 500 that is told to the operator", async () => {
  const { app, errors } = testEdge({ tenantOf: () => Promise.reject(new TypeError("x of y")) });
  const response = await telemetry(app, [point()]);
  assertEquals(response.status, 500);
  assertEquals((await response.text()).includes("x of y"), false);
  assertEquals(errors.length, 1);
});

Deno.test("telemetry is refused without a durable store", async () => {
  const { app, errors } = testEdge({
    tenantOf: () => ({
      ingest: undefined,
      models: { list: () => Promise.resolve([]), find: () => Promise.resolve(undefined) },
    }),
  });
  const response = await telemetry(app, [point()]);
  assertEquals([response.status, (await response.json()).code], [503, "NO_DURABLE_STORE"]);
  // It was meant so: the log of an edge without a store would fill with it.
  assertEquals(errors, []);
});

Deno.test("/livez says that the process runs and /readyz what it lacks", async () => {
  const { app } = testEdge({
    checks: () => Promise.resolve([{ name: "database", ok: false, detail: "disk is full" }]),
  });
  assertEquals((await app.request("/livez")).status, 200);
  const ready = await app.request("/readyz");
  assertEquals(ready.status, 503);
  assertEquals((await ready.json()).checks[0].name, "database");
});

Deno.test("/metrics counts points and requests in Prometheus' format", async () => {
  const { app } = testEdge();
  await telemetry(app, [point(), point(), point({ device: "x" })]);
  await app.request('/v1/"evil"\n{}');
  const text = await (await app.request("/metrics")).text();
  assertStringIncludes(text, 'treeline_points_total{result="accepted"} 1\n');
  assertStringIncludes(text, 'treeline_points_total{result="duplicate"} 1\n');
  assertStringIncludes(text, 'treeline_points_total{result="refused"} 1\n');
  assertStringIncludes(text, 'treeline_http_requests_total{route="/v1/telemetry",status="200"} 1');
  assertStringIncludes(text, 'treeline_http_requests_total{route="other",status="404"} 1');
  for (const line of text.trim().split("\n")) {
    assertMatch(line, /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? [\d.e+-]+)$/);
  }
});

Deno.test("the models' list has an ETag that saves a second reading", async () => {
  const { app } = testEdge();
  const first = await app.request("/v1/models", { headers: BEARER });
  const etag = first.headers.get("etag") ?? "";
  assertEquals(await first.json(), { models: [] });
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const again = await app.request("/v1/models", {
      headers: { ...BEARER, "if-none-match": known },
    });
    assertEquals([again.status, await again.text()], [304, ""]);
  }
});

Deno.test("HEAD answers as GET does, without a body", async () => {
  const { app } = testEdge();
  const response = await app.request("/v1/models", { method: "HEAD", headers: BEARER });
  assertEquals([response.status, await response.text()], [200, ""]);
});

Deno.test("POST /v1/telemetry with points that are all refused is 422 with each reason", async () => {
  const { app } = testEdge();
  const response = await post(app, "/v1/telemetry", { body: '{"points":[1,2]}' });
  assertEquals(response.status, 422);
  assertEquals((await response.json()).refused.length, 2);
});
