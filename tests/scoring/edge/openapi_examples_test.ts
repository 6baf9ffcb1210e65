import { assert, assertEquals } from "@std/assert";
import { createIntake, type UnknownNames } from "../../../scoring/edge/intake/mod.ts";
import { KEY, post, telemetry, type TestEdge, testEdge } from "./kit.ts";
import { SERVED_MODELS } from "./served_model.ts";
import { MINUTE_MS, minutes, START } from "./world.ts";

const NOW = START + 30 * MINUTE_MS;

interface Content {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Content>> }>
  >;
}

/** An edge that serves `pumps:production`, and whose `pump-7` has sent half an hour. */
async function openEdge(): Promise<TestEdge> {
  const edge: TestEdge = testEdge({
    now: () => NOW,
    ingest: { now: () => NOW },
    tenantOf: () => ({ ingest: edge.ingest, intake, models: SERVED_MODELS }),
  });
  const create = ({ devices, metrics }: UnknownNames) => {
    for (const device of devices) edge.store.addDevice(device, {});
    for (const device of edge.store.devices.values()) {
      for (const { metric } of metrics) device.metrics.set(metric, profile(metric));
    }
    edge.store.changes++;
    return Promise.resolve(new Map());
  };
  const intake = createIntake({ ingest: edge.ingest, now: () => NOW, create });
  edge.store.addDevice("pump-7", { cpu: {}, pressure: {}, flow: {} });
  await telemetry(edge.app, minutes(30));
  return edge;
}

function profile(metricId: string) {
  return { metricId, category: "SYSTEM", minValue: null, maxValue: null, lastAt: null };
}

const edge = await openEdge();
const paths: Record<string, Record<string, Operation>> =
  (await (await edge.app.request("/openapi.json")).json()).paths;

/** What an operation shows to be sent, by name. */
function* examplesOf({ requestBody }: Operation) {
  for (const [type, { example, examples = {} }] of Object.entries(requestBody?.content ?? {})) {
    if (example !== undefined) yield { name: type, type, value: example };
    for (const [name, { value }] of Object.entries(examples)) yield { name, type, value };
  }
}

const shown = Object.entries(paths).flatMap(([path, { post }]) =>
  post === undefined ? [] : [...examplesOf(post)].map((example) => ({ path, post, ...example }))
);

for (const { path, post: operation, name, type, value } of shown) {
  Deno.test(`the example of POST ${path} as ${name} is taken as it stands`, async () => {
    const body = typeof value === "string" ? value : JSON.stringify(value);
    const response = await post(edge.app, path, { body, headers: { "content-type": type } });
    const text = await response.text();
    assert(response.ok, text);
    assert(String(response.status) in operation.responses, `${response.status} is described`);
    if (text === "") return;
    const answer = JSON.parse(text);
    const taken = answer.accepted === undefined || answer.accepted + answer.duplicates > 0;
    assert(taken && (answer.refused ?? []).length === 0 && !answer.partialSuccess, text);
    const told = operation.responses["200"].content?.["application/json"].example;
    // What a good answer shows is what it has; an example of a partial success is none of it.
    if (told !== undefined && path !== "/v1/metrics") {
      assertEquals(Object.keys(answer).sort(), Object.keys(Object(told)).sort());
    }
  });
}

Deno.test("each way in has an example that runs", () => {
  const ways = ["/v1/telemetry", "/v1/score", "/write", "/api/v2/write", "/v1/metrics", "/anomaly"];
  for (const way of ways) assert(shown.some(({ path }) => path === way), way);
});

Deno.test("what POST /anomaly answers is told again by GET /anomaly/explain/:id", async () => {
  const [{ value }] = shown.filter(({ path }) => path === "/anomaly");
  const judged = await (await post(edge.app, "/anomaly", { body: JSON.stringify(value) })).json();
  const headers = { authorization: `Bearer ${KEY}` };
  const told = await (await edge.app.request(`/anomaly/explain/${judged.id}`, { headers })).json();
  assertEquals(told, { id: judged.id, explanation: judged.explanation });
  assert(judged.is_anomaly, "93.2 is far from what the pump is like");
});
