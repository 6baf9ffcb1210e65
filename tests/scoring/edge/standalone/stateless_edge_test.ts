import { assertEquals, assertMatch } from "@std/assert";
import { createStatelessEdge } from "../../../../scoring/edge/mod.ts";
import { FakeGateway } from "../fake_gateway.ts";
import { KEY, post } from "../kit.ts";
import { TENANT } from "../world.ts";
import { document, NOW, world } from "./site.ts";

/** Longer than assignments are believed. */
const STALE_MS = 16_000;

function openStateless() {
  const gateway = new FakeGateway(document);
  gateway.bundles.set(world.modelId, world.bundle);
  const lines: Record<string, unknown>[] = [];
  const errors: unknown[] = [];
  const clock = { now: NOW };
  const { app } = createStatelessEdge({
    gateway,
    edgeId: "edge-1",
    trustedKeys: world.trustedKeys,
    authenticate: (key) =>
      key === KEY ? { tenantId: TENANT, keyId: "local", role: "edge" } : undefined,
    now: () => clock.now,
    newId: () => "request-1",
    onError: (error) => errors.push(error),
    log: (level, message, fields) => lines.push({ level, message, ...fields }),
  });
  const status = async () => {
    const response = await app.request("/v1/status", { headers: { "x-api-key": KEY } });
    assertEquals(response.status, 200);
    return await response.json();
  };
  return { app, gateway, lines, errors, clock, status };
}

Deno.test("an edge that keeps nothing lists its models in the status, and counts them", async () => {
  const { app, status } = openStateless();
  const model = { id: world.modelId, label: "v20260601_120000", detector: "pumps" };
  const { models, edgeId, refusedModels, gatewayFault } = await status();
  assertEquals(models, [{ ...model, device: "pump-7", periodsLoaded: [] }]);
  assertEquals([edgeId, refusedModels, gatewayFault], ["edge-1", [], null]);
  const body = JSON.stringify({ model: world.modelId, vectors: [[32, 0, 1]] });
  assertEquals((await post(app, "/v1/score", { body })).status, 200);
  assertEquals((await status()).models[0].periodsLoaded.length, 1);
  assertMatch(await (await app.request("/metrics")).text(), /\ntreeline_models 1\n/);
  assertEquals((await app.request("/v1/status")).status, 401);
});

Deno.test("an edge that keeps nothing tells an outage in two lines, and goes on in it", async () => {
  const { gateway, lines, errors, clock, status } = openStateless();
  gateway.isAway = true;
  for (let attempt = 0; attempt < 3; attempt++) {
    const { models, gatewayFault } = await status();
    assertEquals([models, gatewayFault.code], [[], "UNREACHABLE"]);
  }
  gateway.isAway = false;
  assertEquals((await status()).models.length, 1);
  assertEquals(lines.map(({ level, code }) => [level, code]), [
    ["warning", "UNREACHABLE"],
    ["info", undefined],
  ]);
  gateway.isAway = true;
  clock.now += STALE_MS;
  assertEquals((await status()).models.length, 1);
  assertEquals([lines.length, errors], [3, []]);
});

Deno.test("an edge that keeps nothing tells a refused model once", async () => {
  const { gateway, lines, clock, status } = openStateless();
  gateway.bundles.clear();
  for (let attempt = 0; attempt < 3; attempt++) {
    const { refusedModels } = await status();
    assertEquals(refusedModels.map(({ code }: { code: string }) => code), ["MODEL_UNKNOWN"]);
    clock.now += STALE_MS;
  }
  assertEquals(lines.map(({ level, code }) => [level, code]), [["error", "MODEL_UNKNOWN"]]);
});
