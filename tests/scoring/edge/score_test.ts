import { assert, assertEquals } from "@std/assert";
import type { ModelCatalog, ModelReference, ServedModel } from "../../../scoring/edge/mod.ts";
import { KEY, post, testEdge } from "./kit.ts";
import { MINUTE_MS, minutes, openWorld, SETTING, START } from "./world.ts";

const { model, modelId } = await openWorld();

const SERVED: ServedModel = {
  summary: {
    id: modelId,
    label: "v20260601_120000",
    detectorId: SETTING.detectorId,
    detector: "pumps: north",
    entityId: SETTING.entityId,
    device: "pump-7",
    alias: "production",
  },
  model,
  setting: SETTING,
};

const references: ModelReference[] = [];
const MODELS: ModelCatalog = {
  list: () => Promise.resolve([SERVED.summary]),
  find: (reference) => {
    references.push(reference);
    const known = "id" in reference
      ? reference.id === modelId
      : reference.detector === "pumps: north" && reference.alias === "production";
    return Promise.resolve(known ? SERVED : undefined);
  },
};

const { app } = testEdge({ models: MODELS });

async function score(body: unknown): Promise<[number, Record<string, unknown>]> {
  const response = await post(app, "/v1/score", { body: JSON.stringify(body) });
  return [response.status, await response.json()];
}

interface Verdict {
  readonly score: number;
  readonly isAnomaly: boolean;
  readonly severity: string | null;
  readonly period: string;
  readonly at?: number;
  readonly contributions: readonly { readonly feature: string; readonly share: number }[];
}

const WEEKEND = { model: modelId, period: "weekend_day" };
const CALM = [32, 0.5, 1];
const WILD = [90, 58, 25];

Deno.test("POST /v1/score judges vectors, in their order", async () => {
  const vectors = [CALM, WILD];
  const [status, { verdicts, refused }] = await score({ ...WEEKEND, vectors });
  const [calm, wild] = verdicts as Verdict[];
  assertEquals([status, refused], [200, []]);
  assertEquals([calm.isAnomaly, wild.isAnomaly], [false, true]);
  assertEquals([calm.severity, calm.contributions, calm.period], [null, [], "weekend_day"]);
  assert(wild.score > calm.score && wild.severity !== null && wild.contributions.length === 3);
});

Deno.test("POST /v1/score explains every vector when asked", async () => {
  const [, { verdicts }] = await score({ model: modelId, vectors: [CALM], explain: true });
  assertEquals((verdicts as Verdict[])[0].contributions.length, 3);
  assertEquals((verdicts as Verdict[])[0].period, "any");
});

Deno.test("POST /v1/score keeps good vectors and names bad ones", async () => {
  const vectors = [CALM, [1, 2], "x", [1, null, 3], [1, "NaN", 3], {}, WILD];
  const [status, { verdicts, refused }] = await score({ model: modelId, vectors });
  assertEquals(status, 200);
  assertEquals((verdicts as unknown[]).map((verdict) => verdict === null), [
    ...[false, true, true, true, true, true, false],
  ]);
  assertEquals((refused as { field: string }[]).map(({ field }) => field), [
    "vectors[1]",
    "vectors[2]",
    "vectors[3][1]",
    "vectors[4][1]",
    "vectors[5]",
  ]);
});

Deno.test("POST /v1/score is 422 when no vector is good", async () => {
  const [status, { verdicts }] = await score({ model: modelId, vectors: [[1], 2] });
  assertEquals([status, verdicts], [422, [null, null]]);
});

Deno.test("POST /v1/score takes values beyond f32 as its greatest", async () => {
  const [, { verdicts }] = await score({ model: modelId, vectors: [[1e300, -1e300, 5e-324]] });
  assert(Number.isFinite((verdicts as Verdict[])[0].score));
});

Deno.test("POST /v1/score gives rows of f32 the same verdicts as JSON", async () => {
  const rows = Array.from({ length: 600 }, (_, i) => [30 + i % 7, i % 3, i % 5]);
  const bytes = new Uint8Array(rows.length * 12);
  const view = new DataView(bytes.buffer);
  rows.flat().forEach((value, i) => view.setFloat32(i * 4, value, true));
  const response = await post(app, `/v1/score?model=${modelId}`, {
    body: bytes,
    headers: { "content-type": "application/octet-stream" },
  });
  const [, told] = await score({ model: modelId, vectors: rows });
  assertEquals(await response.json(), told);
});

Deno.test("POST /v1/score refuses bytes that are no whole rows", async () => {
  const response = await post(app, `/v1/score?model=${modelId}`, {
    body: new Uint8Array(13),
    headers: { "content-type": "application/octet-stream" },
  });
  assertEquals([response.status, (await response.json()).code], [400, "BODY_LENGTH_INVALID"]);
});

Deno.test("POST /v1/score folds points as the stream does", async () => {
  const points = minutes(30, { shock: (minute) => minute === 29 ? 60 : 0 })
    .map(({ metric, at, value }) => ({ metric, at, value }));
  const [status, { verdicts, refused }] = await score({ model: modelId, points });
  const told = verdicts as Verdict[];
  assertEquals([status, refused], [200, []]);
  assertEquals(told.at(-1)?.at, START + 29 * MINUTE_MS);
  assertEquals([told.at(-1)?.isAnomaly, told[0].isAnomaly], [true, false]);
  const explained = await score({ model: modelId, points, explain: true });
  assertEquals(
    (explained[1].verdicts as Verdict[]).map(({ score, period }) => [score, period]),
    told.map(({ score, period }) => [score, period]),
  );
});

Deno.test("POST /v1/score names bad points and keeps the others", async () => {
  const points = [...minutes(20), { metric: "disk", at: START, value: 1 }, 7];
  const [status, { refused }] = await score({ model: modelId, points });
  assertEquals(status, 200);
  assertEquals((refused as { code: string }[]).map(({ code }) => code), [
    "METRIC_UNKNOWN",
    "POINT_INVALID",
  ]);
});

Deno.test("a model is named by detector and alias too, the detector with any colon", async () => {
  references.length = 0;
  const vectors = [CALM];
  const [status] = await score({ model: "pumps: north:production", device: "pump-7", vectors });
  assertEquals(status, 200);
  await score({ model: "pumps: north:staging", vectors });
  assertEquals(references, [
    { detector: "pumps: north", alias: "production", device: "pump-7" },
    { detector: "pumps: north", alias: "shadow", device: undefined },
  ]);
});

const BAD_REQUESTS: readonly (readonly [string, unknown, number, string])[] = [
  ["an unknown model", { model: "0".repeat(64), vectors: [] }, 404, "MODEL_UNKNOWN"],
  ["the model __proto__", { model: "__proto__", vectors: [] }, 404, "MODEL_UNKNOWN"],
  ["no model", { vectors: [] }, 422, "INPUT_INVALID"],
  ["a model that is a number", { model: 1, vectors: [] }, 422, "INPUT_INVALID"],
  ["neither vectors nor points", { model: modelId }, 422, "INPUT_INVALID"],
  ["both vectors and points", { model: modelId, vectors: [], points: [] }, 422, "INPUT_INVALID"],
  ["vectors that are none", { model: modelId, vectors: { length: 1 } }, 422, "INPUT_INVALID"],
  ["points that are none", { model: modelId, points: "x" }, 422, "INPUT_INVALID"],
  ["explain as a word", { model: modelId, vectors: [], explain: "yes" }, 422, "INPUT_INVALID"],
  ["too many vectors", { model: modelId, vectors: Array(10_001).fill(0) }, 413, "VECTORS_TOO_MANY"],
  ["an array", [], 422, "INPUT_INVALID"],
];

for (const [what, body, status, code] of BAD_REQUESTS) {
  Deno.test(`POST /v1/score answers ${what} with ${status} ${code}`, async () => {
    const [found, problem] = await score(body);
    assertEquals([found, problem.code], [status, code]);
  });
}

Deno.test("GET /v1/models/{id} says how to ask the model", async () => {
  const response = await app.request(`/v1/models/${modelId}`, { headers: { "x-api-key": KEY } });
  const told = await response.json();
  assertEquals(response.status, 200);
  assertEquals(told.features, ["cpu.value", "cpu.delta(1)", "cpu.rollingStd(5)"]);
  assertEquals([told.detector, told.bucketMs, told.settingVersion], ["pumps: north", 60_000, 1]);
});
