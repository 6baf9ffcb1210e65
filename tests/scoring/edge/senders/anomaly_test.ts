import { assert, assertEquals, assertMatch } from "@std/assert";
import { bandOf } from "../../../../scoring/edge/http/explain/mod.ts";
import { KEY, NO_MODELS, post, telemetry, testEdge } from "../kit.ts";
import { SERVED_MODELS } from "../served_model.ts";
import { MINUTE_MS, minutes, START } from "../world.ts";

const CALM = { "cpu.value": 32, "cpu.delta(1)": 0.5, "cpu.rollingStd(5)": 1 };
const WILD = { "cpu.value": 90, "cpu.delta(1)": 58, "cpu.rollingStd(5)": 25 };

function ask(app: ReturnType<typeof testEdge>["app"], body: unknown) {
  return post(app, "/anomaly", { body: JSON.stringify(body) });
}

async function explain(app: ReturnType<typeof testEdge>["app"], id: string) {
  return await app.request(`/anomaly/explain/${id}`, {
    headers: { authorization: `Bearer ${KEY}` },
  });
}

Deno.test("features far from what is known are an anomaly, explained again by its id", async () => {
  // The model knows a Sunday alone.
  const { app } = testEdge({ models: SERVED_MODELS, now: () => START - 12 * 60 * MINUTE_MS });
  const answer = await (await ask(app, { model: "pumps:production", features: WILD })).json();
  assert(answer.is_anomaly && answer.score > answer.threshold);
  assert(answer.severity > 0 && answer.severity <= 1);
  assertEquals(answer.severity_band, bandOf(answer.severity).band);
  assertEquals(answer.contributions.length, 3);
  assertMatch(answer.explanation, /^Anomalous: score .* severity .*cpu\.\S+ is \d+/);
  const again = await (await explain(app, answer.id)).json();
  assertEquals(again, { id: answer.id, explanation: answer.explanation });
});

Deno.test("features that are known are normal", async () => {
  const { app } = testEdge({ models: SERVED_MODELS });
  const answer = await (await ask(app, { features: CALM })).json();
  assertEquals([answer.is_anomaly, answer.severity, answer.severity_band, answer.action], [
    false,
    0,
    null,
    null,
  ]);
  assertMatch(answer.explanation, /^Normal: /);
});

Deno.test("metrics are judged behind what the device has sent", async () => {
  const now = START + 30 * MINUTE_MS;
  const edge = testEdge({ models: SERVED_MODELS, now: () => now, ingest: { now: () => now } });
  const early = await ask(edge.app, { metrics: { cpu: 32 } });
  assertEquals([early.status, (await early.json()).field], [422, "metrics"]);
  await telemetry(edge.app, minutes(30));
  const calm = await (await ask(edge.app, { device: "pump-7", metrics: { cpu: 32 } })).json();
  const wild = await (await ask(edge.app, { metrics: { cpu: 95 } })).json();
  assertEquals([calm.is_anomaly, wild.is_anomaly], [false, true]);
  assertEquals(edge.store.commits.length, 1);
});

const BAD: readonly (readonly [unknown, status: number, field: string])[] = [
  [[], 422, ""],
  [{}, 422, "features"],
  [{ features: {}, metrics: {} }, 422, "features"],
  [{ features: 1 }, 422, "features"],
  [{ features: { ...CALM, "cpu.value": "1" } }, 422, 'features["cpu.value"]'],
  [{ features: { ...CALM, more: 1 } }, 422, "features"],
  [{ metrics: {} }, 422, 'metrics["cpu"]'],
  [{ metrics: { cpu: 1 }, device: 7 }, 422, "device"],
  [{ features: CALM, model: "unknown" }, 404, "model"],
  [{ features: CALM, device: "pump-9" }, 404, "model"],
];
for (const [body, status, field] of BAD) {
  Deno.test(`POST /anomaly of ${JSON.stringify(body).slice(0, 60)} is answered with ${status}`, async () => {
    const response = await ask(testEdge({ models: SERVED_MODELS }).app, body);
    assertEquals([response.status, (await response.json()).field], [status, field]);
  });
}

Deno.test("a stored anomaly is explained, an unknown one is not found", async () => {
  const stored = { score: 0.8, threshold: 0.6, severity: 0.9, contributions: [] };
  const { app } = testEdge({
    tenantOf: () => ({
      ingest: undefined,
      models: NO_MODELS,
      findAnomaly: (id) => Promise.resolve(id === "known" ? stored : undefined),
    }),
  });
  const { explanation } = await (await explain(app, "known")).json();
  assertEquals(
    explanation,
    "Anomalous: score 0.8 passes the threshold 0.6; severity 0.9 is HIGH: act now.",
  );
  assertEquals((await explain(app, "unknown")).status, 404);
});

Deno.test("of old verdicts only the last thousand are remembered", async () => {
  const { app } = testEdge({ models: SERVED_MODELS });
  const ids: string[] = [];
  for (let i = 0; i <= 1_000; i++) ids.push((await (await ask(app, { features: CALM })).json()).id);
  assertEquals((await explain(app, ids[0])).status, 404);
  assertEquals((await explain(app, ids[1])).status, 200);
});

for (
  const [severity, band] of [[0, "LOW"], [0.39, "LOW"], [0.4, "MEDIUM"], [0.8, "HIGH"], [
    1,
    "HIGH",
  ]] as const
) {
  Deno.test(`a severity of ${severity} is ${band}`, () =>
    assertEquals(bandOf(severity).band, band));
}
