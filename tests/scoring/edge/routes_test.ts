import { assertEquals } from "@std/assert";
import { createGuard, EdgeMetrics, Routes } from "../../../scoring/edge/mod.ts";

const metrics = new EdgeMetrics();
const routes = new Routes(createGuard({ now: () => 0, newId: () => "request-1", metrics }));
routes.serve("GET", "/things", ({ url }) => new Response(new URL(url).search));
routes.serve("POST", "/things/sent", async (request) => new Response(await request.text()));
routes.serve("GET", "/things/:id", (_, id) => new Response(id));

type Case = readonly [method: string, path: string, status: number, body: string | undefined];

const CASES: readonly Case[] = [
  ["GET", "/things", 200, ""],
  ["GET", "/things?a=/b?c", 200, "?a=/b?c"],
  ["HEAD", "/things", 200, ""],
  ["POST", "/things", 405, undefined],
  ["POST", "/things/sent", 200, "body"],
  ["HEAD", "/things/sent", 405, ""],
  ["PUT", "/things/sent", 405, undefined],
  ["GET", "/things/7", 200, "7"],
  ["GET", "/things/a%2Fb", 200, "a/b"],
  ["HEAD", "/things/7", 200, ""],
  ["DELETE", "/things/7", 405, undefined],
  ["GET", "/things/", 404, undefined],
  ["GET", "/other", 404, undefined],
  ["GET", "/", 404, undefined],
  ["OPTIONS", "//things", 404, undefined],
];

for (const [method, path, status, body] of CASES) {
  Deno.test(`${method} ${path} is ${status}`, async () => {
    const hasBody = method === "POST" || method === "PUT";
    const request = new Request(`http://edge:8100${path}`, {
      method,
      body: hasBody ? "body" : undefined,
    });
    const response = await routes.app.fetch(request);
    assertEquals([response.status, response.headers.get("x-request-id")], [status, "request-1"]);
    assertEquals(response.headers.has("allow"), status === 405);
    const text = await response.text();
    if (body !== undefined) assertEquals(text, body);
  });
}

Deno.test("requests are counted by their route, however they were found", async () => {
  const counted = new EdgeMetrics();
  const { app } = routed(counted);
  for (const path of ["/a?b", "/a", "/b/1", "/b/2", "/c"]) await app.request(path);
  const lines = counted.render().split("\n").filter((line) => line.includes("requests_total{"));
  assertEquals(lines, [
    'treeline_http_requests_total{route="/a",status="200"} 2',
    'treeline_http_requests_total{route="/b/:id",status="200"} 2',
    'treeline_http_requests_total{route="other",status="404"} 1',
  ]);
});

function routed(counted: EdgeMetrics): Routes {
  const found = new Routes(createGuard({ now: () => 0, newId: () => "1", metrics: counted }));
  found.serve("GET", "/a", () => new Response());
  found.serve("GET", "/b/:id", () => new Response());
  return found;
}
