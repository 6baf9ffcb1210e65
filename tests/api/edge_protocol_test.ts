import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  acknowledgeIncident,
  findIncident,
  InvalidInputError,
  listAnomalies,
  listIncidents,
  listTelemetry,
  resolveIncident,
  setMappingRules,
  silenceIncident,
  StorageError,
  type Write,
} from "../../domain/mod.ts";
import { answerSync } from "../../api/edge/sync_answer.ts";
import {
  createGatewayClient,
  createIngest,
  GatewayError,
  SYNC_ITEMS_MAX,
  type SyncItem,
} from "../../scoring/edge/mod.ts";
import type { TelemetryPoint } from "../../scoring/point.ts";
import { addDevice, addTenant, commit, deps } from "../domain/fixtures.ts";
import { MemoryStore } from "../scoring/edge/memory_store.ts";
import { minutes } from "../scoring/edge/world.ts";
import { type EdgeSite, NOW, openEdgeSite } from "./edge_site.ts";

/** Calm, but for ten wild minutes in a hundred. */
const STREAM = minutes(300, {
  shock: (minute) => minute % 100 < 90 ? 0 : minute % 2 === 0 ? 60 : -25,
});

async function send(app: { request: EdgeSite["protocol"]["request"] }, points: TelemetryPoint[]) {
  const response = await app.request("/v1/telemetry", {
    method: "POST",
    body: JSON.stringify({ points }),
    headers: { "x-api-key": "local", "content-type": "application/json" },
  });
  return await response.json();
}

/** What one process without any edge would have found in the same stream. */
async function uncut(site: EdgeSite) {
  const store = new MemoryStore();
  const device = store.addDevice("pump-7", { cpu: { metricId: site.metricId } });
  Object.assign(device, { deviceId: site.deviceId });
  const { modelId, setting, model, tenant: { tenantId } } = site;
  device.assignments.push({ detectorId: setting.detectorId, modelId, setting });
  const openModel = () => Promise.resolve(model);
  await createIngest({ tenantId, store, openModel, now: () => NOW }).ingest(STREAM);
  return {
    points: [...device.points.values()].map(({ at, value }) => [at, value]),
    anomalies: store.commits.flatMap((effects) => effects.anomalies.map(({ id }) => id)).sort(),
    incidents: [...device.incidents.values()].map(({ id, state, anomalyCount }) =>
      `${id} ${state} ${anomalyCount}`
    ).sort(),
    changes: store.commits.flatMap(({ incidentChanges }) => [...incidentChanges]).length,
  };
}

/** What the gateway has. */
async function stored({ db, tenant, deviceId, metricId }: EdgeSite) {
  const page = { first: 200 };
  const anomalies = await listAnomalies(tenant, page);
  const incidents = await listIncidents(tenant, page);
  const first = await listTelemetry(tenant, { deviceId, metricId, ...page });
  const after = [first.items[first.items.length - 1].at];
  const second = await listTelemetry(tenant, { deviceId, metricId, ...page, after });
  const events = await db.events.read(tenant.tenantId, { after: 0, limit: 1_000 });
  return {
    points: [...first.items, ...second.items].map(({ at, value }) => [at, value]),
    anomalies: anomalies.items.map(({ id }) => id).sort(),
    incidents: incidents.items.map(({ id, state, anomaly_count }) =>
      `${id} ${state} ${anomaly_count}`
    ).sort(),
    changes: events.filter(({ type }) => type === "incident.changed").length,
  };
}

Deno.test("what an edge found alone is at the gateway once, as if it had never been cut off", async () => {
  await using site = await openEdgeSite();
  await (await site.openEdge()).refreshAssignments();
  for (let from = 0; from < STREAM.length; from += 60) {
    const edge = await site.openEdge();
    await send(edge.app, STREAM.slice(from, from + 60));
    site.line.isCut = from < 120;
    site.line.losesAnswers = from === 180 ? 1 : 0;
    if (site.line.isCut || site.line.losesAnswers > 0) {
      await assertRejects(() => edge.sync(), GatewayError);
    } else await edge.sync();
  }
  const expected = await uncut(site);
  assert(expected.anomalies.length > 0 && expected.changes > expected.incidents.length);
  assertEquals(await stored(site), expected);
});

Deno.test("an acknowledgement at the gateway survives what the edge tells later", async () => {
  await using site = await openEdgeSite();
  const edge = await site.openEdge();
  await edge.refreshAssignments();
  await send(edge.app, STREAM.slice(0, 97));
  await edge.sync();
  const { items: [{ id }] } = await listIncidents(site.tenant, { first: 1 });
  await commit(site.db, acknowledgeIncident(site.tenant, id, { by: "Ada", at: NOW }));
  await edge.sync();
  await send(edge.app, STREAM.slice(97, 180));
  await edge.sync();
  const { items: [incident] } = await listIncidents(site.tenant, { first: 1 });
  assertEquals([incident.acknowledged_by, incident.state], ["Ada", "CLOSED"]);
});

Deno.test("assignments have an ETag that changes with what is assigned", async () => {
  await using site = await openEdgeSite();
  const edge = await site.openEdge();
  assertEquals(await edge.refreshAssignments(), true);
  assertEquals(await edge.refreshAssignments(), false);
  await addDevice(site.db, site.tenant, "pump-8");
  assertEquals(await edge.refreshAssignments(), true);
});

const PATHS = [
  ["GET", "/edge/v1/assignments"],
  ["GET", `/edge/v1/bundles/${"0".repeat(64)}`],
  ["GET", "/edge/v1/stream"],
  ["POST", "/edge/v1/sync"],
] as const;

Deno.test("only edges and admins may speak the protocol", async () => {
  await using site = await openEdgeSite();
  for (const role of ["viewer", "responder", "engineer"] as const) {
    const headers = { authorization: `Bearer ${await site.keyOf(role)}` };
    for (const [method, path] of PATHS) {
      assertEquals((await site.protocol.request(path, { method, headers })).status, 403);
    }
  }
  for (const [method, path] of PATHS) {
    assertEquals((await site.protocol.request(path, { method })).status, 401);
    const wrong = await site.protocol.request(path, { method: "PUT" });
    assertEquals(wrong.status, 405);
  }
});

Deno.test("another tenant's bundle looks like one that does not exist", async () => {
  await using site = await openEdgeSite();
  const { tenant: other } = await addTenant(site.db, "other");
  const headers = { authorization: `Bearer ${await site.keyOf("edge", other)}` };
  const ask = async (id: string) => {
    const response = await site.protocol.request(`/edge/v1/bundles/${id}`, { headers });
    const { code, detail } = await response.json();
    return [response.status, code, detail.replace(id, "")];
  };
  assertEquals(await ask(site.modelId), await ask("0".repeat(64)));
  const own = { authorization: `Bearer ${await site.keyOf("edge")}` };
  const response = await site.protocol.request(`/edge/v1/bundles/${site.modelId}`, {
    headers: own,
  });
  assertEquals([response.status, response.headers.get("etag")], [200, `"${site.modelId}"`]);
  await response.body?.cancel();
});

Deno.test("a bundle that the edge has is not sent again", async () => {
  await using site = await openEdgeSite();
  const headers = {
    authorization: `Bearer ${await site.keyOf("edge")}`,
    "if-none-match": `"${site.modelId}"`,
  };
  const response = await site.protocol.request(`/edge/v1/bundles/${site.modelId}`, { headers });
  assertEquals([response.status, await response.text()], [304, ""]);
});

Deno.test("a key and a tenant have so many streams, and another when one is over", async () => {
  await using site = await openEdgeSite({ streamLimits: { perKeyMax: 2, perTenantMax: 3 } });
  const [one, two] = [await site.keyOf("edge"), await site.keyOf("edge")];
  const open = async (key: string) => {
    const stop = new AbortController();
    const headers = { authorization: `Bearer ${key}` };
    const response = await site.protocol.request(
      new Request("http://gateway/edge/v1/stream", { headers, signal: stop.signal }),
    );
    return { response, stop };
  };
  const opened = [await open(one), await open(one), await open(two)];
  assertEquals(opened.map(({ response }) => response.status), [200, 200, 200]);
  for (const [key, limit] of [[one, 2], [two, 3]] as const) {
    const { response } = await open(key);
    const { code, limit: told } = await response.json();
    assertEquals([response.status, code, told], [429, "STREAMS_TOO_MANY", limit]);
    assertEquals(response.headers.get("retry-after"), "30");
  }
  opened[0].stop.abort();
  await opened[1].response.body!.cancel();
  opened.push(await open(two), await open(one));
  assertEquals(opened.slice(3).map(({ response }) => response.status), [200, 200]);
  for (const { stop } of opened) stop.abort();
  for (const { response } of opened) {
    if (!response.bodyUsed) await response.body!.cancel().catch(() => {});
  }
});

Deno.test("the stream tells an edge of new assignments and of what a person did, and of no more", async () => {
  await using site = await openEdgeSite();
  const edge = await site.openEdge();
  await edge.refreshAssignments();
  const stop = new AbortController();
  const client = createGatewayClient({
    url: "http://gateway",
    key: await site.keyOf("edge"),
    fetch: async (input, init) => await site.protocol.request(input, init),
  });
  const told: string[] = [];
  const changes = client.changes(stop.signal)[Symbol.asyncIterator]();
  const next = async () => told.push((await changes.next()).value ?? "end");
  await next();
  await addDevice(site.db, site.tenant, "pump-8");
  await next();
  await send(edge.app, STREAM.slice(0, 97));
  await edge.sync();
  const { items: [{ id }] } = await listIncidents(site.tenant, { first: 1 });
  await commit(site.db, acknowledgeIncident(site.tenant, id, { by: "Ada", at: NOW }));
  await next();
  const rules = { rules: [{ drop: true }] };
  await commit(site.db, setMappingRules(site.tenant, rules, deps));
  await next();
  assertEquals(told, ["open", "assignments", "commands", "assignments"]);
  const last = next();
  stop.abort();
  await last;
  assertEquals(told[4], "end");
});

Deno.test("a silence at the gateway comes down, and what the edge tells later does not end it", async () => {
  await using site = await openEdgeSite();
  const edge = await site.openEdge();
  await edge.refreshAssignments();
  await send(edge.app, STREAM.slice(0, 97));
  await edge.sync();
  const { items: [{ id }] } = await listIncidents(site.tenant, { first: 1 });
  const until = NOW + 3_600_000;
  await commit(site.db, silenceIncident(site.tenant, id, { by: "Ada", at: NOW, until }));
  await edge.sync();
  const response = await edge.app.request(`/v1/incidents/${id}`, {
    headers: { "x-api-key": "local" },
  });
  assertEquals((await response.json()).silencedUntil, until);
  await send(edge.app, STREAM.slice(97, 180));
  await edge.sync();
  const stored = await findIncident(site.tenant, id);
  assertEquals([stored?.silenced_until, stored?.silenced_by, stored?.state], [
    until,
    "Ada",
    "CLOSED",
  ]);
  for (const wrong of [NOW, NOW - 1, NOW + 91 * 86_400_000]) {
    await assertRejects(
      () => silenceIncident(site.tenant, id, { by: "Ada", at: NOW, until: wrong }),
      InvalidInputError,
    );
  }
});

Deno.test("what a person resolved while the edge was away is resolved there, and wins", async () => {
  await using site = await openEdgeSite();
  const edge = await site.openEdge();
  await edge.refreshAssignments();
  await send(edge.app, STREAM.slice(0, 97));
  await edge.sync();
  site.line.isCut = true;
  const { items: [{ id }] } = await listIncidents(site.tenant, { first: 1 });
  await commit(site.db, resolveIncident(site.tenant, id, { by: "Ada", at: NOW }));
  await send(edge.app, STREAM.slice(97, 101));
  const local = async () => {
    const response = await edge.app.request(`/v1/incidents/${id}`, {
      headers: { "x-api-key": "local" },
    });
    return await response.json();
  };
  assertEquals((await local()).acknowledgedBy, null);
  site.line.isCut = false;
  await edge.sync();
  const [here, there] = [await local(), await findIncident(site.tenant, id)];
  assertEquals([here.state, here.acknowledgedBy, here.resolvedAt], ["RESOLVED", "Ada", NOW]);
  assertEquals([there?.state, there?.acknowledged_by, there?.resolved_at], [
    "RESOLVED",
    "Ada",
    NOW,
  ]);
  await send(edge.app, STREAM.slice(101, 180));
  await edge.sync();
  assertEquals((await local()).state, "CLOSED");
  assertEquals((await findIncident(site.tenant, id))?.state, "CLOSED");
});

/** A point that fits, with changes; nothing of it may be stored. */
function item(site: EdgeSite, change: Record<string, unknown> = {}) {
  return {
    deviceId: site.deviceId,
    points: [{ metricId: site.metricId, at: NOW - 60_000, value: 1, late: false }],
    watermark: NOW - 120_000,
    anomalies: [],
    incidentChanges: [],
    ...change,
  };
}

type BadSync = (site: EdgeSite) => unknown;

const sync = (more: Record<string, unknown>) => ({
  edgeId: "edge-1",
  epoch: "a",
  firstSeq: 1,
  items: [],
  ...more,
});

const BAD_SYNCS: readonly (readonly [string, BadSync, status: number, code: string])[] = [
  ["null", () => null, 422, "INPUT_INVALID"],
  ["no items", () => ({ edgeId: "e", epoch: "a", firstSeq: 1 }), 422, "INPUT_INVALID"],
  ["an empty name", () => sync({ edgeId: "" }), 422, "INPUT_INVALID"],
  ["a name with NUL", () => sync({ edgeId: "a\0" }), 422, "INPUT_INVALID"],
  ["item 0", () => sync({ firstSeq: 0 }), 422, "INPUT_INVALID"],
  ["a gap", (site) => sync({ firstSeq: 7, items: [item(site)] }), 409, "SYNC_GAP"],
  [
    "a report of words",
    () => sync({ report: { version: "1", waitingItems: "many" } }),
    422,
    "INPUT_INVALID",
  ],
  [
    "too many items",
    (site) => sync({ items: Array(SYNC_ITEMS_MAX + 1).fill(item(site)) }),
    422,
    "INPUT_INVALID",
  ],
];

for (const [what, body, status, code] of BAD_SYNCS) {
  Deno.test(`POST /edge/v1/sync answers ${what} with ${status} ${code}`, async () => {
    await using site = await openEdgeSite();
    const response = await site.protocol.request("/edge/v1/sync", {
      method: "POST",
      body: JSON.stringify(body(site)),
      headers: {
        authorization: `Bearer ${await site.keyOf("edge")}`,
        "content-type": "application/json",
      },
    });
    assertEquals([response.status, (await response.json()).code], [status, code]);
    const { items } = await listTelemetry(site.tenant, { ...site, first: 1 });
    assertEquals(items, []);
  });
}

type BadItem = (site: EdgeSite) => unknown;

const points = (site: EdgeSite, point: Record<string, unknown>) =>
  item(site, { points: [{ metricId: site.metricId, at: NOW, value: 1, late: false, ...point }] });

const BAD_ITEMS: readonly (readonly [string, BadItem, code: string, field: string])[] = [
  ["null", () => null, "ITEM_INVALID", ""],
  ["nothing known", () => ({}), "ITEM_INVALID", "deviceId"],
  ["an unknown device", (site) => item(site, { deviceId: "x" }), "DEVICE_UNKNOWN", "deviceId"],
  [
    "the device __proto__",
    (site) => item(site, { deviceId: "__proto__" }),
    "DEVICE_UNKNOWN",
    "deviceId",
  ],
  ["an unknown metric", (site) => points(site, { metricId: "x" }), "METRIC_UNKNOWN", "metricId"],
  [
    "a watermark years ahead",
    (site) => item(site, { watermark: NOW + 1e11 }),
    "ITEM_INVALID",
    "watermark",
  ],
  [
    "a value that is a string",
    (site) => points(site, { value: "1" }),
    "ITEM_INVALID",
    "points[0].value",
  ],
  [
    "an anomaly that is empty",
    (site) => item(site, { anomalies: [{}] }),
    "ITEM_INVALID",
    "anomalies[0].id",
  ],
  [
    "an incident of SQL",
    (site) => item(site, { incidentChanges: [{ action: "CREATE", at: NOW, incident: "';--" }] }),
    "ITEM_INVALID",
    "incidentChanges[0].incident",
  ],
  [
    "a sketch that does not add up",
    (site) =>
      item(site, {
        sketches: [{
          metricId: site.metricId,
          period: "night",
          from: NOW,
          until: NOW,
          sketch: "[1,2,1,1,1,0,[0,1],[]]",
        }],
      }),
    "ITEM_INVALID",
    "sketches[0].sketch",
  ],
];

for (const [what, bad, code, field] of BAD_ITEMS) {
  Deno.test(`POST /edge/v1/sync refuses ${what} as ${code} and stores the items around it`, async () => {
    await using site = await openEdgeSite();
    const at = (ms: number) => points(site, { at: NOW - ms });
    const body = sync({ items: [at(3_000), bad(site), at(1_000)] });
    const headers = {
      authorization: `Bearer ${await site.keyOf("edge")}`,
      "content-type": "application/json",
    };
    for (let times = 0; times < 2; times++) {
      const response = await site.protocol.request("/edge/v1/sync", {
        method: "POST",
        body: JSON.stringify(body),
        headers,
      });
      const { ackSeq, refused } = await response.json();
      assertEquals([response.status, ackSeq], [200, 3]);
      assertEquals([refused.length, refused[0].seq, refused[0].code, refused[0].field], [
        1,
        2,
        code,
        field,
      ]);
    }
    const { items } = await listTelemetry(site.tenant, { ...site, first: 9 });
    assertEquals(items.length, 2);
  });
}

Deno.test("an item that breaks a rule of the database is refused alone", async () => {
  await using site = await openEdgeSite();
  const breaking = NOW - 2_000;
  const commit = (write: Write) => {
    const isBreaking = write.statements.some(({ query }) => query.sql.includes(String(breaking)));
    return isBreaking
      ? Promise.reject(new StorageError("CONSTRAINT", "a rule"))
      : site.db.writer.commit(write);
  };
  const database = Object.create(site.db, { writer: { value: { ...site.db.writer, commit } } });
  const items = [3_000, 2_000, 1_000].map((ms) => points(site, { at: NOW - ms })) as SyncItem[];
  const request = { edgeId: "edge-1", epoch: "a", firstSeq: 5, isAfterGap: true, items };
  const parsed = { request, refused: [] };
  const answer = await answerSync(database, site.tenant, parsed, { ...deps, now: () => NOW });
  assertEquals(answer.ackSeq, 7);
  assertEquals(answer.refused?.map(({ seq, code }) => [seq, code]), [[6, "NOT_STORABLE"]]);
  const { items: stored } = await listTelemetry(site.tenant, { ...site, first: 9 });
  assertEquals(stored.map(({ at }) => NOW - at), [3_000, 1_000]);
});
