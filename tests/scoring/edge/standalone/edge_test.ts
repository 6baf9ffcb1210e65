import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { FileInUseError, GatewayError, type StandaloneEdge } from "../../../../scoring/edge/mod.ts";
import { openSqlite } from "../../../../scoring/edge/platform/deno.ts";
import { KEY, telemetry } from "../kit.ts";
import { atSite, document, NOW, send, STREAM, told, uncut, world } from "./site.ts";

Deno.test("an edge is not ready before its first assignments, then takes points", async () =>
  await atSite(async ({ open }) => {
    const edge = open();
    assertEquals((await edge.app.request("/readyz")).status, 503);
    assertEquals(await send(edge, STREAM.slice(0, 3)), 503);
    assertEquals(await edge.refreshAssignments(), true);
    assertEquals(await edge.refreshAssignments(), false);
    assertEquals((await edge.app.request("/readyz")).status, 200);
    assertEquals(await send(edge, STREAM.slice(0, 3)), 3);
  }));

Deno.test("an edge without its gateway tells, after restarts and lost answers, what an uncut one tells", async () =>
  await atSite(async ({ gateway, open }) => {
    await open().refreshAssignments();
    gateway.isAway = true;
    for (let from = 0; from < STREAM.length; from += 37) {
      const edge = open();
      await assertRejects(() => edge.sync(), GatewayError);
      await send(edge, STREAM.slice(Math.max(0, from - 5), from + 37));
    }
    gateway.isAway = false;
    gateway.losesAnswers = 1;
    const edge = open();
    await assertRejects(() => edge.sync(), GatewayError);
    await edge.sync();
    assertEquals(edge.waitingBytes, 0);
    const expected = told(await uncut());
    assert(expected.anomalies.length > 0 && expected.changes.length > 0);
    assertEquals(told(gateway.items), JSON.parse(JSON.stringify(expected)));
    const metrics = await (await edge.app.request("/metrics")).text();
    assertStringIncludes(metrics, "treeline_outbox_bytes 0\n");
  }));

Deno.test("each start is an epoch of its own, so that a restored file cannot skip items", async () =>
  await atSite(async ({ gateway, open }) => {
    const first = open();
    await first.refreshAssignments();
    await send(first, STREAM.slice(0, 10));
    await first.sync();
    const second = open();
    await send(second, STREAM.slice(10, 20));
    await second.sync();
    assertEquals(gateway.epochs.length, 2);
    assertEquals(told(gateway.items).points.length, 20);
  }));

Deno.test("a gateway that was restored gets what waits in a new epoch", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 10));
    await edge.sync();
    gateway.ackSeq = 0;
    await send(edge, STREAM.slice(10, 20));
    await edge.sync();
    assertEquals([gateway.epochs.length, gateway.ackSeq], [2, 1]);
    assertEquals(told(gateway.items).points.length, 20);
  }));

Deno.test("points sent again after a restart are duplicates, changed ones refused", async () =>
  await atSite(async ({ open }) => {
    await open().refreshAssignments();
    await send(open(), STREAM.slice(0, 10));
    const changed = { ...STREAM[3], value: 99 };
    const response = await telemetry(open().app, [...STREAM.slice(0, 10), changed]);
    const { accepted, duplicates, refused } = await response.json();
    assertEquals([accepted, duplicates, refused[0].code], [0, 10, "DUPLICATE_TIMESTAMP"]);
  }));

Deno.test("a person's acknowledgement and resolution at the gateway reach the edge once", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 98));
    await edge.sync();
    const { incident } = told(gateway.items).changes.at(-1)!;
    assertEquals(incident.state, "RECOVERING");
    const acknowledged = { ...incident, acknowledgedAt: NOW, acknowledgedBy: "Ada" };
    gateway.commands = [{ ...acknowledged, version: incident.version + 1 }];
    await edge.sync();
    const version = incident.version + 2;
    gateway.commands = [{ ...acknowledged, state: "RESOLVED", resolvedAt: NOW, version }];
    await edge.sync();
    await edge.sync();
    const before = told(gateway.items).changes.length;
    await send(edge, STREAM.slice(98, 180));
    await edge.sync();
    const [next] = told(gateway.items).changes.slice(before)
      .filter((change) => change.incident.id === incident.id);
    // Acknowledged and resolved in between, each once: so the next wild minute opens it again.
    assertEquals([next.action, next.incident.version], ["REOPEN", incident.version + 3]);
    assertEquals(next.incident.acknowledgedBy, "Ada");
  }));

Deno.test("a silence made at the gateway reaches the edge, stays while the incident goes on, and ends", async () =>
  await atSite(async ({ gateway, open }) => {
    const edge = open();
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 94));
    await edge.sync();
    const { incident } = told(gateway.items).changes.at(-1)!;
    const local = async () => {
      const headers = { "x-api-key": KEY };
      const response = await edge.app.request(`/v1/incidents/${incident.id}`, { headers });
      return await response.json();
    };
    const version = incident.version + 1;
    const silenced = { ...incident, silencedUntil: NOW + 1, silencedBy: "Ada", version };
    gateway.commands = [silenced];
    await edge.sync();
    await edge.sync();
    const first = await local();
    assertEquals([first.silencedUntil, first.silencedBy, first.state], [
      NOW + 1,
      "Ada",
      incident.state,
    ]);
    assertEquals(first.version, incident.version + 1);
    await send(edge, STREAM.slice(94, 98));
    assertEquals((await local()).silencedUntil, NOW + 1);
    // An answer that was overtaken does not bring back what has ended meanwhile.
    const acknowledgedAt = NOW;
    const both = { ...incident, acknowledgedAt, acknowledgedBy: "Bob", version: version + 1 };
    gateway.commands = [both];
    await edge.sync();
    gateway.commands = [silenced];
    await edge.sync();
    const last = await local();
    assertEquals([last.silencedUntil, last.acknowledgedBy], [undefined, "Bob"]);
  }));

Deno.test("an edge scores with what it was assigned", async () =>
  await atSite(async ({ open }) => {
    const edge = open();
    await edge.refreshAssignments();
    const response = await edge.app.request("/v1/score", {
      method: "POST",
      body: JSON.stringify({ model: "pumps:production", device: "pump-7", vectors: [[32, 0, 1]] }),
      headers: { "x-api-key": KEY, "content-type": "application/json" },
    });
    assertEquals((await response.json()).verdicts[0].modelId, world.modelId);
  }));

Deno.test("what waits in an edge's file never goes to another tenant", async () =>
  await atSite(async ({ gateway, open }) => {
    const before = open();
    await before.refreshAssignments();
    await send(before, STREAM.slice(0, 10));
    gateway.document = { ...document, tenantId: "tenant-2" };
    const edge = open();
    const error = await assertRejects(() => edge.sync(), GatewayError, "it belongs to");
    assertEquals([error.code, gateway.items], ["TENANT_OTHER", []]);
    const ready = await edge.app.request("/readyz");
    const [check] = (await ready.json()).checks;
    assertEquals([ready.status, check.name, check.ok], [503, "assignments", false]);
    gateway.document = document;
    await edge.sync();
    assertEquals(told(gateway.items).points.length, 10);
  }));

Deno.test("an edge's file belongs to one process", async () => {
  const folder = await Deno.makeTempDir();
  const first = openSqlite(`${folder}/edge.db`);
  assertThrows(() => openSqlite(`${folder}/edge.db`), FileInUseError, "edge.db");
  first.close();
  openSqlite(`${folder}/edge.db`).close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an edge that runs syncs by itself and stops at the signal", async () =>
  await atSite(async ({ gateway, errors, lines, open }) => {
    const stop = new AbortController();
    gateway.isAway = true;
    const edge = open({ syncMs: 1, assignmentsMs: 1, backoffMsMax: 2 });
    const running = edge.run(stop.signal);
    await until(() => lines.length > 0);
    gateway.isAway = false;
    await until(async () => (await edge.app.request("/readyz")).status === 200);
    await send(edge, STREAM.slice(0, 10));
    await until(() => told(gateway.items).points.length === 10);
    stop.abort();
    await running;
    assertEquals(errors, []);
  }));

Deno.test("the log tells the beginning and the end of an outage, the status why it is", async () =>
  await atSite(async ({ gateway, lines, open }) => {
    const edge = open();
    await edge.sync();
    const asked = async () => {
      await assertRejects(() => edge.sync(), GatewayError);
      await assertRejects(() => edge.refreshAssignments(), GatewayError);
    };
    lines.length = 0;
    gateway.isAway = true;
    for (let attempt = 0; attempt < 3; attempt++) await asked();
    assertEquals(lines.map(({ level, code }) => [level, code]), [["warning", "UNREACHABLE"]]);
    assertEquals((await gatewayFault(edge)).code, "UNREACHABLE");
    gateway.isAway = false;
    await edge.sync();
    await edge.refreshAssignments();
    assertEquals(lines.length, 2);
    assertEquals([lines[1].level, await gatewayFault(edge)], ["info", null]);
  }));

async function gatewayFault(edge: StandaloneEdge) {
  const status = await edge.app.request("/v1/status", { headers: { "x-api-key": KEY } });
  return (await status.json()).gatewayFault;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
