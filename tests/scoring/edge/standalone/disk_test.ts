import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { StandaloneEdge } from "../../../../scoring/edge/mod.ts";
import { openSqlite } from "../../../../scoring/edge/platform/deno.ts";
import { IN_MEMORY } from "../../../../scoring/edge/platform/sqlite_file.ts";
import { diskShares } from "../../../../scoring/edge/standalone/store/mod.ts";
import type { TelemetryPoint } from "../../../../scoring/point.ts";
import { KEY, post, telemetry } from "../kit.ts";
import { START } from "../world.ts";
import { atSite, send, type Site, STREAM, told } from "./site.ts";
import { canMount, withSmallDisk } from "./small_disk.ts";

const MB = 1024 ** 2;

async function ask(edge: StandaloneEdge, path: string) {
  const response = await edge.app.request(path, { headers: { "x-api-key": KEY } });
  return { status: response.status, body: await response.json() };
}

/** Of the edge's file and all beside it. */
function bytesIn(folder: string): number {
  return [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith("edge.db"))
    .reduce((sum, { name }) => sum + Deno.statSync(`${folder}/${name}`).size, 0);
}

/** A point a second. */
function seconds(count: number): TelemetryPoint[] {
  return Array.from({ length: count }, (_, second) => (
    { device: "pump-7", metric: "cpu", at: START + second * 1_000, value: 30 + second % 7 }
  ));
}

Deno.test("file and log stay within the disk that an edge may take, and nothing is lost for it", async () =>
  await atSite(async ({ folder, gateway, open }) => {
    const points = seconds(45_000);
    let now = START;
    const diskBytesMax = MB;
    const edge = open({ diskBytesMax, now: () => now });
    await edge.refreshAssignments();
    let largest = 0;
    for (let from = 0; from < points.length; from += 5_000) {
      const sent = points.slice(from, from + 5_000);
      now = sent[sent.length - 1].at;
      assertEquals(await send(edge, sent), sent.length);
      largest = Math.max(largest, bytesIn(folder));
      await edge.tick();
      await edge.sync();
      largest = Math.max(largest, bytesIn(folder));
    }
    assert(largest > 0.7 * diskBytesMax && largest <= diskBytesMax, `${largest}`);
    assertEquals(told(gateway.items).points.length, points.length);
    const { storage } = (await ask(edge, "/v1/status")).body;
    assertEquals([storage.bytesMax, storage.isFull], [diskBytesMax, false]);
    assertEquals(storage.bytes, bytesIn(folder));
  }));

Deno.test("a disk that was made smaller is given back, whatever mode the file was made in", async () => {
  for (const isOld of [false, true]) {
    await atSite(async ({ folder, open }) => {
      if (isOld) {
        const database = new DatabaseSync(`${folder}/edge.db`);
        database.exec("pragma auto_vacuum = none; create table other (id)");
        database.close();
      }
      const points = seconds(30_000);
      const options = { outboxBytesMax: 100_000, now: () => points[29_999].at };
      const large = open(options);
      await large.refreshAssignments();
      for (let from = 0; from < points.length; from += 10_000) {
        await send(large, points.slice(from, from + 10_000));
      }
      const diskBytesMax = MB / 2;
      assert(bytesIn(folder) > 1.5 * diskBytesMax);
      const small = open({ ...options, diskBytesMax });
      for (let looks = 0; looks < 60 && bytesIn(folder) > diskBytesMax; looks++) await small.tick();
      assert(bytesIn(folder) <= diskBytesMax, `${bytesIn(folder)}`);
    });
  }
});

/** What must hold while an edge's disk is full, and once it has room again. */
async function survives(
  { gateway, lines }: Site,
  { edge, fill, free, again }: {
    readonly edge: StandaloneEdge;
    /** The edge after a restart, where its file outlives one. */
    readonly again: () => StandaloneEdge;
    readonly fill: () => Promise<unknown>;
    readonly free: () => Promise<unknown>;
  },
) {
  await send(edge, STREAM.slice(0, 97));
  const { body: { incidents } } = await ask(edge, "/v1/incidents");
  assertEquals(incidents.length, 1);
  await fill();
  let accepted = 97;
  let refusal: Response | undefined;
  while (refusal === undefined) {
    const response = await telemetry(edge.app, STREAM.slice(accepted, accepted + 1));
    if (response.ok) accepted++;
    else refusal = response;
  }
  assertEquals([refusal.status, (await refusal.json()).code], [503, "DISK_FULL"]);
  assertEquals(refusal.headers.get("retry-after"), "10");
  await edge.tick();
  const ready = await ask(edge, "/readyz");
  const failing = ready.body.checks.filter(({ ok }: { ok: boolean }) => !ok);
  assertEquals([ready.status, failing.length, failing[0].name], [503, 1, "disk"]);
  assertEquals((await ask(edge, "/v1/status")).body.storage.isFull, true);
  assertEquals((await ask(edge, "/v1/incidents")).body.incidents.length, 1);
  const scored = await post(edge.app, "/v1/score", {
    body: JSON.stringify({ model: "pumps:production", device: "pump-7", vectors: [[32, 0, 1]] }),
  });
  assertEquals(scored.status, 200);
  await scored.body?.cancel();
  const restarted = again();
  const refused = await telemetry(restarted.app, STREAM.slice(accepted, accepted + 1));
  assertEquals((await refused.json()).code, "DISK_FULL");
  await restarted.tick();
  await free();
  await restarted.tick();
  assertEquals((await ask(restarted, "/readyz")).status, 200);
  assertEquals(await send(restarted, STREAM.slice(accepted)), STREAM.length - accepted);
  const messages = lines.map(({ message }) => String(message));
  const [first, ...others] = messages.filter((message) => message.startsWith("Disk "));
  assertEquals(first, "Disk is full, points are refused");
  assertEquals(others.at(-1), "Disk has room again, points are taken");
  await again().sync();
  assertEquals(told(gateway.items).points, STREAM.map(({ at, value }) => [at, value]));
}

const unable = await canMount() ? undefined : "this process may not mount a disk";

Deno.test({
  name:
    `an edge whose disk others have filled refuses points, does all else, and goes on by itself${
      unable ? ` (skipped as ${unable})` : ""
    }`,
  ignore: unable !== undefined,
  fn: () =>
    withSmallDisk(2 * MB, (disk) =>
      atSite(async (site) => {
        const edge = site.open({ outboxBytesMax: MB });
        await edge.refreshAssignments();
        await survives(site, { edge, ...disk, again: () => site.open() });
      }, disk)),
});

Deno.test("an edge whose file may not grow refuses points, does all else, and goes on by itself", async () =>
  await atSite(async (site) => {
    const database = openSqlite(IN_MEMORY);
    const edge = site.open({ database, diskBytesMax: MB });
    await edge.refreshAssignments();
    const limit = (bytesMax: number) => {
      database.limit({ ...diskShares(MB), fileBytesMax: bytesMax });
      return Promise.resolve();
    };
    await survives(site, {
      edge,
      fill: () => limit(4_096),
      free: () => limit(MB),
      again: () => edge,
    });
  }));
