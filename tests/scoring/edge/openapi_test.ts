import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { DEFAULT_EDGE_LIMITS, parsePoints } from "../../../scoring/edge/mod.ts";
import { telemetryPointSchema } from "../../../scoring/edge/http/schemas.ts";
import { KEY, NOW, testEdge } from "./kit.ts";

interface Operation {
  readonly responses: Record<string, unknown>;
  readonly security?: readonly unknown[];
}

interface OpenApiDocument {
  readonly info: Record<string, unknown>;
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Readonly<Record<"schemas" | "responses", Record<string, unknown>>>;
}

const { app } = testEdge();
const document: OpenApiDocument = await (await app.request("/openapi.json")).json();

Deno.test("/openapi.json describes every route that the app has, and no other", () => {
  const described = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace("{id}", ":id")}`)
  );
  const served = app.routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
  assertEquals(described.sort(), served.sort());
});

for (const kind of ["schemas", "responses"] as const) {
  Deno.test(`/openapi.json refers only to ${kind} that it has`, () => {
    const references = JSON.stringify(document)
      .matchAll(new RegExp(`"#/components/${kind}/(\\w+)"`, "g"));
    const names = new Set([...references].map(([, name]) => name));
    assert(names.size > 5);
    for (const name of names) assert(name in document.components[kind], name);
  });
}

Deno.test("/openapi.json is OpenAPI 3.1 and says which routes are open to all", () => {
  assertEquals(document.openapi, "3.1.0");
  const open = Object.entries(document.paths).filter(([, item]) =>
    item.get?.security?.length === 0
  );
  const ours = ["/livez", "/readyz", "/metrics", "/openapi.json"];
  assertEquals(open.map(([path]) => path), ["/ping", "/health", ...ours]);
});

Deno.test("the parser takes every point that the described schema takes", () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(null, "", "x", 0, -1, NOW, NOW + 0.5, 1e300, {}, [], true, "é"),
    fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+02:00", "2026-01-01"),
  );
  const point = fc.record({ device: odd, metric: odd, at: odd, value: odd }, { requiredKeys: [] });
  fc.assert(
    fc.property(point, (candidate) => {
      const bytes = new TextEncoder().encode(JSON.stringify({ points: [candidate] }));
      const parsed = parsePoints(bytes, "json", 10);
      const isTaken = telemetryPointSchema.safeParse(candidate).success;
      assertEquals(parsed.points.length, isTaken ? 1 : 0);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("/openapi.json says the version that /v1/status says, and every limit by name", async () => {
  const status = await app.request("/v1/status", { headers: { "x-api-key": KEY } });
  const { info } = document;
  assertEquals(info.version, (await status.json()).version);
  assertEquals(info["x-limits"], { ...DEFAULT_EDGE_LIMITS });
});
