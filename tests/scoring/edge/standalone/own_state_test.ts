import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { GatewayError, type StandaloneEdge } from "../../../../scoring/edge/mod.ts";
import { KEY } from "../kit.ts";
import { testEdge } from "../kit.ts";
import { encodeBundle, signBundle } from "../../../../scoring/bundle/mod.ts";
import { assignedDocument } from "../fake_gateway.ts";
import { fitCalmDay, TENANT } from "../world.ts";
import { atSite, NOW, send, STREAM, world } from "./site.ts";

async function asked(edge: StandaloneEdge, path: string, status = 200) {
  const response = await edge.app.request(path, { headers: { "x-api-key": KEY } });
  assertEquals(response.status, status);
  return await response.json();
}

Deno.test("an edge alone tells its incidents as they open, go on and end", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    await edge.refreshAssignments();
    gateway.isAway = true;
    const stateAfter = async (from: number, until: number) => {
      await send(edge, STREAM.slice(from, until));
      const { incidents } = await asked(edge, "/v1/incidents");
      return incidents.map(({ state, device }: { state: string; device: string }) => [
        state,
        device,
      ]);
    };
    assertEquals(await stateAfter(0, 90), []);
    assertEquals(await stateAfter(90, 97), [["OPEN", "pump-7"]]);
    const open1 = await asked(edge, "/v1/incidents?state=OPEN,RECOVERING");
    assertEquals(open1.incidents.length, 1);
    const [{ id, anomalyCount }] = open1.incidents;
    assertEquals(await stateAfter(97, 120), [["RESOLVED", "pump-7"]]);
    const one = await asked(edge, `/v1/incidents/${id}`);
    assert(one.anomalyCount > anomalyCount && one.resolvedAt !== null);
    assertEquals((await asked(edge, "/v1/incidents?state=OPEN")).incidents, []);
    assertEquals((await asked(edge, "/v1/incidents?state=RESOLVED")).incidents.length, 1);
  }));

Deno.test("incidents come in pages, each once and the newest first", async () =>
  await atSite(async ({ open }) => {
    const edge = open();
    await edge.refreshAssignments();
    await send(edge, STREAM);
    const { incidents: all, next } = await asked(edge, "/v1/incidents");
    assert(all.length >= 3 && next === null);
    const paged: unknown[] = [];
    for (let after = ""; after !== null;) {
      const page = await asked(edge, `/v1/incidents?first=1${after && `&after=${after}`}`);
      paged.push(...page.incidents);
      after = page.next;
    }
    assertEquals(paged, all);
    const opened = all.map(({ openedAt }: { openedAt: number }) => openedAt);
    assertEquals(opened, opened.toSorted((left: number, right: number) => right - left));
  }));

const WRONG: readonly (readonly [string, status: number, field: string])[] = [
  ["/v1/incidents?state=open", 422, "state"],
  ["/v1/incidents?first=0", 422, "first"],
  ["/v1/incidents?first=201", 422, "first"],
  ["/v1/incidents?after=x", 422, "after"],
  [`/v1/incidents/${"0".repeat(32)}`, 404, "id"],
  ["/v1/incidents/x", 404, "id"],
];

for (const [path, status, field] of WRONG) {
  Deno.test(`GET ${path} is answered with ${status} for ${field}`, async () =>
    await atSite(async ({ open }) => {
      const edge = open();
      await edge.refreshAssignments();
      assertEquals((await asked(edge, path, status)).field, field);
    }));
}

Deno.test("the status says what the edge holds, has lost and was last told", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open({ outboxBytesMax: 4_000 });
    await edge.refreshAssignments();
    const { queue, lastSyncAt, clock } = await asked(edge, "/v1/status");
    assertEquals([queue, lastSyncAt], [{ items: 0, bytes: 0, bytesMax: 4_000 }, null]);
    assertEquals(clock, new Date(NOW).toISOString());
    await send(edge, STREAM.slice(0, 60));
    await send(edge, STREAM.slice(60, 80));
    const before = await asked(edge, "/v1/status");
    assertEquals([before.queue.items, before.edgeId, before.forwarding], [2, "edge-1", "all"]);
    assertEquals(before.models, [{
      id: world.modelId,
      label: "v20260601_120000",
      detector: "pumps",
      device: "pump-7",
      periodsLoaded: before.models[0].periodsLoaded,
    }]);
    assert(before.models[0].periodsLoaded.length > 0);
    for (let from = 80; from < 400; from += 80) await send(edge, STREAM.slice(from, from + 10));
    gateway.refuses = ({ points }) => points.length > 0;
    await edge.sync();
    const after = await asked(edge, "/v1/status");
    assertEquals(after.queue, { items: 0, bytes: 0, bytesMax: 4_000 });
    assertEquals(after.lastSyncAt, new Date(NOW).toISOString());
    assert(after.refused.items > 0 && after.bytesSent > 0);
    assertEquals(after.refused.newest[0].code, "DEVICE_UNKNOWN");
    const metrics = await (await edge.app.request("/metrics")).text();
    assertMatch(metrics, /# TYPE treeline_sync_bytes_sent_total counter\n/);
    const { items } = after.refused;
    assertMatch(metrics, new RegExp(`\ntreeline_outbox_items_refused_total ${items}\n`));
  }));

Deno.test("before its first assignments an edge tells why it has none, to its sender alone", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    gateway.isAway = true;
    await assertRejects(() => edge.refreshAssignments(), GatewayError);
    const { models, gatewayFault, queue, storage, edgeId } = await asked(edge, "/v1/status");
    assertEquals([models, gatewayFault.code, edgeId], [[], "UNREACHABLE", "edge-1"]);
    assertEquals([queue.items, storage.isDurable], [0, true]);
    const strangers: Record<string, string>[] = [{}, { "x-api-key": "key-of-another" }];
    for (const headers of strangers) {
      const response = await edge.app.request("/v1/status", { headers });
      assertEquals([response.status, (await response.json()).code], [401, "AUTH_REQUIRED"]);
    }
    assertEquals((await asked(edge, "/v1/models", 503)).code, "NOT_READY");
    gateway.isAway = false;
    await edge.refreshAssignments();
    const after = await asked(edge, "/v1/status");
    assertEquals([after.models.length, after.gatewayFault], [1, null]);
  }));

Deno.test("/metrics tells how many models are at work and how much may wait", async () =>
  await atSite(async ({ open }) => {
    const edge = open({ outboxBytesMax: 4_000 });
    const metrics = async () => await (await edge.app.request("/metrics")).text();
    assertMatch(await metrics(), /\ntreeline_models 0\n/);
    await edge.refreshAssignments();
    const text = await metrics();
    assertMatch(text, /# TYPE treeline_models gauge\ntreeline_models 1\n/);
    assertMatch(text, /# TYPE treeline_outbox_bytes_max gauge\ntreeline_outbox_bytes_max 4000\n/);
  }));

Deno.test("/metrics tells scores to whoever has a key, on a scale where more than 1 is an anomaly", async () =>
  await atSite(async ({ open }) => {
    const edge = open();
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 80));
    const metrics = async (headers: Record<string, string> = { "x-api-key": KEY }) =>
      await (await edge.app.request("/metrics", { headers })).text();
    const ratio = (text: string) =>
      Number(/treeline_score\{device="pump-7",detector="pumps"\} (\S+)/.exec(text)?.[1]);
    const calm = ratio(await metrics());
    assert(calm > 0 && calm < 1, `${calm}`);
    await send(edge, STREAM.slice(80, 97));
    const text = await metrics();
    assert(ratio(text) > 1, text);
    const end = (name: string) => {
      const line = new RegExp(`treeline_expected_${name}\\{.*metric="cpu"\\} (\\S+)`).exec(text);
      return Number(line?.[1]);
    };
    assert(end("low") > 20 && end("low") < 32 && end("high") > 32 && end("high") < 45);
    assertMatch(text, /treeline_scores_left_out 0\n/);
    assert(!(await metrics({})).includes("pump-7"));
    assertEquals(
      (await edge.app.request("/metrics", { headers: { "x-api-key": "x" } })).status,
      401,
    );
  }));

Deno.test("/metrics tells scores of methods that need the rows before", async () =>
  await atSite(async ({ gateway, open }) => {
    const { id, unsigned } = encodeBundle(fitCalmDay("level_shift"));
    gateway.bundles.set(id, await signBundle(unsigned, world.signer, TENANT));
    gateway.document = await assignedDocument({ ...world, modelId: id });
    const edge = open();
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 80));
    const response = await edge.app.request("/metrics", { headers: { "x-api-key": KEY } });
    const text = await response.text();
    const ratio = /treeline_score\{device="pump-7",detector="pumps"\} (\S+)/.exec(text)?.[1];
    assert(Number(ratio) > 0 && Number(ratio) < 1, text);
    assertMatch(text, /treeline_expected_high\{device="pump-7",detector="pumps",metric="cpu"\}/);
    // The newest minute is still within the lateness of the device.
    const bucketAt = STREAM[77].at / 1_000;
    assertMatch(text, new RegExp(`treeline_score_bucket_seconds\\{.*\\} ${bucketAt}\n`));
  }));

Deno.test("an edge that is not alone tells its version and clock", async () => {
  const { app } = testEdge();
  const response = await app.request("/v1/status", { headers: { "x-api-key": KEY } });
  assertEquals(Object.keys(await response.json()), ["version", "clock"]);
  const incidents = await app.request("/v1/incidents", { headers: { "x-api-key": KEY } });
  assertEquals([incidents.status, (await incidents.json()).code], [503, "NO_DURABLE_STORE"]);
});
