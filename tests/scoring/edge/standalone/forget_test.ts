import { assert, assertEquals } from "@std/assert";
import type { SqlDatabase, StandaloneEdge } from "../../../../scoring/edge/mod.ts";
import { openSqlite } from "../../../../scoring/edge/platform/deno.ts";
import { IN_MEMORY } from "../../../../scoring/edge/platform/sqlite_file.ts";
import type { Incident } from "../../../../scoring/incident/mod.ts";
import { CLOSED_KEPT_MAX } from "../../../../scoring/edge/standalone/store/forget.ts";
import { openTables } from "../../../../scoring/edge/standalone/store/mod.ts";
import { incidentOf } from "../../../domain/edge/effects_fixtures.ts";
import { KEY } from "../kit.ts";
import { minutes } from "../world.ts";
import { atSite, document, send, STREAM } from "./site.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

async function incidentsOf(edge: StandaloneEdge, query = ""): Promise<Incident[]> {
  const headers = { "x-api-key": KEY };
  const listed: Incident[] = [];
  for (let next: string | null = ""; next !== null;) {
    const path: string = `/v1/incidents?first=200${query}${next && `&after=${next}`}`;
    const page: { incidents: Incident[]; next: string | null } =
      await (await edge.app.request(path, { headers })).json();
    listed.push(...page.incidents);
    next = page.next;
  }
  return listed;
}

Deno.test("closed incidents go after a quarter, once the gateway has them", async () =>
  await atSite(async ({ gateway, open }) => {
    let now = STREAM[STREAM.length - 1].at;
    const edge = open({ now: () => now });
    await edge.refreshAssignments();
    gateway.isAway = true;
    await send(edge, STREAM);
    const found = (await incidentsOf(edge)).length;
    assert(found >= 3);
    // A hundred days later the device is there again.
    now += 100 * DAY_MS;
    await send(edge, minutes(30, { from: STREAM.length + 100 * 1_440 }));
    await edge.tick();
    assertEquals((await incidentsOf(edge, "&state=CLOSED")).length, found);
    gateway.isAway = false;
    await edge.sync();
    now += HOUR_MS;
    await edge.tick();
    assertEquals(await incidentsOf(edge), []);
  }));

/** Incidents as a file has them; every third one is open, the last ones the newest. */
function addIncidents(database: SqlDatabase, count: number, at: number): void {
  for (let index = 0; index < count; index++) {
    const isOpen = index % 3 === 0;
    const incident = {
      ...incidentOf("id-of-pump-7"),
      id: index.toString(16).padStart(32, "0"),
      state: isOpen ? "OPEN" : "CLOSED",
      openedAt: at + index,
      closedAt: isOpen ? null : at + index + 1,
    };
    database.run(
      `insert into incidents (id, device_id, state, version, body, resolves)
        values (?, ?, ?, 1, ?, '[]')`,
      [incident.id, incident.deviceId, incident.state, JSON.stringify(incident)],
    );
  }
}

Deno.test("of very many closed incidents the newest stay, of open ones all, in pages", async () =>
  await atSite(async ({ open }) => {
    const database = openSqlite(IN_MEMORY);
    openTables(database);
    const count = 2 * CLOSED_KEPT_MAX;
    addIncidents(database, count, STREAM[0].at - HOUR_MS);
    const edge = open({ database, now: () => STREAM[99].at });
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 5));
    await edge.sync();
    await edge.tick();
    const left = await incidentsOf(edge);
    const [opened, closed] = [
      left.filter(({ state }) => state === "OPEN"),
      left.filter(({ state }) => state === "CLOSED"),
    ];
    assertEquals([opened.length, closed.length], [Math.ceil(count / 3), CLOSED_KEPT_MAX]);
    const oldest = Math.min(...closed.map(({ openedAt }) => openedAt));
    assert(oldest > STREAM[0].at - HOUR_MS + count - 1.6 * CLOSED_KEPT_MAX, `${oldest}`);
    assertEquals(left.map(({ openedAt }) => openedAt).toSorted((a, b) => b - a), [
      ...left.map(({ openedAt }) => openedAt),
    ]);
  }));

Deno.test("a device that is assigned no more is forgotten with its points, others stay", async () =>
  await atSite(async ({ gateway, open }) => {
    const [pump] = document.devices;
    const fan = { ...pump, deviceId: "id-of-fan", name: "fan", assignments: [] };
    gateway.document = { ...document, devices: [pump, fan] };
    const database = openSqlite(IN_MEMORY);
    let now = STREAM[9].at;
    const edge = open({ database, now: () => now });
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 10).flatMap((point) => [point, { ...point, device: "fan" }]));
    await edge.sync();
    gateway.document = { ...document, devices: [pump] };
    await edge.refreshAssignments();
    const known = () =>
      ["series", "progress"].map((table) => database.all(`select 1 from ${table}`));
    now += 30 * DAY_MS;
    await send(edge, minutes(1, { from: 30 * 1_440 }));
    await edge.tick();
    assertEquals(known().map(({ length }) => length), [2, 2]);
    now += 10 * DAY_MS;
    await send(edge, minutes(1, { from: 40 * 1_440 }));
    await edge.tick();
    assertEquals(known().map(({ length }) => length), [1, 1]);
    assertEquals(database.all("select distinct series_id from points").length <= 1, true);
    // It may come back.
    gateway.document = { ...document, devices: [pump, fan] };
    await edge.refreshAssignments();
    const [again] = minutes(1, { from: 40 * 1_440 });
    assertEquals(await send(edge, [{ ...again, device: "fan" }]), 1);
  }));

Deno.test("what was set aside goes after a quarter", async () =>
  await atSite(async ({ gateway, open }) => {
    const database = openSqlite(IN_MEMORY);
    let now = STREAM[9].at;
    const edge = open({ database, now: () => now });
    await edge.refreshAssignments();
    await send(edge, STREAM.slice(0, 10));
    gateway.refuses = () => true;
    await edge.sync();
    await edge.tick();
    assertEquals(database.all("select 1 from dead_letters").length, 1);
    now += 91 * DAY_MS;
    await edge.tick();
    assertEquals(database.all("select 1 from dead_letters").length, 0);
  }));
