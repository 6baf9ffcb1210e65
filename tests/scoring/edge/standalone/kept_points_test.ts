import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { AcceptedPoint } from "../../../../scoring/pipeline/mod.ts";
import { openSqlite } from "../../../../scoring/edge/platform/deno.ts";
import { Outbox } from "../../../../scoring/edge/standalone/outbox/mod.ts";
import {
  DiskRoom,
  diskShares,
  KeptPoints,
  openTables,
  type SqlDatabase,
  SqliteStore,
} from "../../../../scoring/edge/standalone/store/mod.ts";

import {
  PointBatches,
  POINTS_PER_MOVE,
} from "../../../../scoring/edge/standalone/store/point_batches.ts";

const HOUR_MS = 3_600_000;
const METRICS = ["cpu", "heat", "load"];

function pointAt(metricId: string, at: number): AcceptedPoint {
  return { metricId, at, value: at + metricId.length / 7, late: at % 5 === 0 };
}

async function withFile(work: (database: SqlDatabase) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const database = openSqlite(`${folder}/edge.db`);
  try {
    await work(database);
  } finally {
    database.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function openOutbox(database: SqlDatabase): Outbox {
  return new Outbox(database, { bytesMax: 1e9, newEpoch: () => "epoch", now: () => 0 });
}

function openStore(database: SqlDatabase): SqliteStore {
  return new SqliteStore(database, openOutbox(database));
}

/** Four hours of a point a second of each metric; every point is sent. */
async function openFullStore(database: SqlDatabase) {
  openTables(database);
  const outbox = openOutbox(database);
  const store = new SqliteStore(database, outbox);
  for (let hour = 0; hour < 4; hour++) {
    const points = METRICS.flatMap((metricId) =>
      Array.from({ length: 3_600 }, (_, second) => (
        { metricId, at: hour * HOUR_MS + second * 1_000, value: second / 7, late: false }
      ))
    );
    const watermark = (hour + 1) * HOUR_MS;
    await store.commit([
      { deviceId: "pump", points, watermark, anomalies: [], incidentChanges: [] },
    ]);
    outbox.acknowledge(hour + 1);
  }
  const oldest = () =>
    METRICS.map((metric) => new KeptPoints(database).listFrom("pump", [metric], 0)[0].at);
  return { store, oldest };
}

Deno.test("points of an older file are found after it was brought up to date, late marks too", () =>
  withFile((database) => {
    database.exec("create table meta (key text primary key, value text not null) without rowid");
    database.exec("insert into meta values ('version', '2')");
    database.exec("create table outbox (seq integer primary key, body text, kind text)");
    database.exec("create table devices (name text primary key, profile text not null)");
    database.exec(`create table points (device_id text not null, metric_id text not null,
      at integer not null, value real not null, late integer not null,
      primary key (device_id, metric_id, at)) without rowid`);
    database.exec(`insert into points values
      ('pump', 'cpu', 1, 0.1, 0), ('pump', 'cpu', 2, 0.2, 1), ('fan', 'cpu', 1, 0.3, 0)`);
    openTables(database);
    const points = new KeptPoints(database);
    assertEquals(points.listWithin("pump", 0, 9), [
      { metricId: "cpu", at: 1, value: 0.1, late: false },
      { metricId: "cpu", at: 2, value: 0.2, late: true },
    ]);
    assertEquals(points.findValues("fan", [1, 2].map((at) => ({ metricId: "cpu", at }))), [
      0.3,
      undefined,
    ]);
    assertEquals([...points.newestOf("pump")], [["cpu", 2]]);
  }));

Deno.test("a series is listed with the point before it where that is wanted", () =>
  withFile((database) => {
    openTables(database);
    const points = new KeptPoints(database);
    const given = [10, 20, 30, 40].map((at) => ({ metricId: "cpu", at, value: at, late: false }));
    points.add([{ deviceId: "pump", points: given }]);
    const listed = (from: number, withOneBefore: boolean) =>
      points.listSeries("pump", "cpu", { from, until: 40, withOneBefore }).map(({ at }) => at);
    assertEquals([listed(20, false), listed(20, true)], [[20, 30], [10, 20, 30]]);
    assertEquals([listed(25, false), listed(25, true), listed(5, true)], [
      [30],
      [20, 30],
      [10, 20, 30],
    ]);
  }));

/** The same file with a limit. */
function limited(database: SqlDatabase, bytesMax: number): SqliteStore {
  const outbox = new Outbox(database, { bytesMax: 1e9, newEpoch: () => "epoch", now: () => 0 });
  return new SqliteStore(database, outbox, { room: new DiskRoom(database, diskShares(bytesMax)) });
}

Deno.test("a file that is too large loses its oldest points, of all series alike", () =>
  withFile(async (database) => {
    const { store, oldest } = await openFullStore(database);
    assertEquals(store.dropWhatIsTooMuch(), undefined);
    const used = database.bytesUsed();
    const small = limited(database, used);
    const { calmBytes } = small.room.shares;
    let looks = 0;
    let droppedUntil: number | undefined;
    for (let until; (until = small.dropWhatIsTooMuch()) !== undefined; looks++) {
      droppedUntil = until;
    }
    assert(database.bytesUsed() <= calmBytes && database.bytesUsed() > 0.2 * used);
    assertEquals([new Set(oldest()), looks > 0], [new Set([droppedUntil]), true]);
  }));

Deno.test("the newest hour stays however large the file is", () =>
  withFile(async (database) => {
    const { oldest } = await openFullStore(database);
    const small = limited(database, 100_000);
    while (small.dropWhatIsTooMuch() !== undefined);
    assertEquals(new Set(oldest()), new Set([3 * HOUR_MS]));
  }));

Deno.test("a file of the version before is taken over with its points and metrics", () =>
  withFile(async (database) => {
    openTables(database);
    // What version 4 had: rows, and no table for the newest, nor for what waits, and metrics in each device.
    for (const later of ["point_batches", "metrics", "waiting_series", "waiting_points"]) {
      database.exec(`drop table ${later}`);
    }
    database.exec("drop table quarantined_series");
    database.exec("drop index outbox_findings");
    const device = { deviceId: "pump", name: "pump-7", latenessMs: 60_000, assignments: [] };
    const range = { category: "RESOURCE", minValue: 0, maxValue: null };
    const metrics = [{ name: "load", metricId: "cpu", ...range }];
    database.run("insert into devices (name, device_id, profile) values ('pump-7', 'pump', ?)", [
      JSON.stringify({ ...device, metrics }),
    ]);
    database.exec("insert or replace into meta (key, value) values ('version', '4')");
    database.exec("insert into series (id, device_id, metric_id) values (7, 'pump', 'cpu')");
    database.exec("insert into points values (7, 1, 0.1, 0), (7, 2, 0.2, 1)");
    openTables(database);
    const points = new KeptPoints(database);
    points.add([{ deviceId: "pump", points: [pointAt("cpu", 3), pointAt("heat", 3)] }]);
    assertEquals(points.listWithin("pump", 0, 9), [
      { metricId: "cpu", at: 1, value: 0.1, late: false },
      { metricId: "cpu", at: 2, value: 0.2, late: true },
      pointAt("cpu", 3),
      pointAt("heat", 3),
    ]);
    assertEquals(Object.fromEntries(points.newestOf("pump")), { cpu: 3, heat: 3 });
    const store = openStore(database);
    const profile = await store.findDevice("pump-7");
    assertEquals([...profile?.metrics ?? []], [["load", { metricId: "cpu", ...range }]]);
    assertEquals(store.listDevices(), [device]);
  }));

Deno.test("points are found alike, whatever was moved to rows and whoever asks", () =>
  withFile((database) => {
    openTables(database);
    const commit = fc.uniqueArray(fc.record({ metric: fc.nat(700), at: fc.nat(60) }), {
      selector: ({ metric, at }) => `${metric} ${at}`,
    });
    const step = fc.oneof(
      fc.record({ device: fc.constantFrom("pump", "fan"), commit }),
      fc.record({ moveBefore: fc.nat(60) }),
    );
    const [devices, spans] = [["pump", "fan"], [[0, 61], [20, 40]]] as const;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        for (const table of ["series", "points", "point_batches"]) {
          database.exec(`delete from ${table}`);
        }
        const points = new KeptPoints(database);
        const known = new Map(devices.map((device) => [device, new Map<string, AcceptedPoint>()]));
        for (const taken of steps) {
          if ("moveBefore" in taken) {
            new PointBatches(database).moveBefore(taken.moveBefore);
            points.reset();
            continue;
          }
          const own = known.get(taken.device)!;
          const fresh = taken.commit.map(({ metric, at }) => pointAt(`m${metric}`, at))
            .filter(({ metricId, at }) => !own.has(`${metricId} ${at}`));
          points.add([{ deviceId: taken.device, points: fresh }]);
          for (const point of fresh) own.set(`${point.metricId} ${point.at}`, point);
        }
        for (const reader of [points, new KeptPoints(database)]) {
          for (const [device, own] of known) {
            for (const [from, until] of spans) {
              const wanted = [...own.values()].filter(({ at }) => at >= from && at < until);
              assertEquals(
                reader.listWithin(device, from, until),
                wanted.sort((a, b) =>
                  a.metricId === b.metricId ? a.at - b.at : a.metricId < b.metricId ? -1 : 1
                ),
              );
            }
            const keys = [...own.values(), pointAt("m0", 99)];
            assertEquals(reader.findValues(device, keys), [
              ...[...own.values()].map(({ value }) => value),
              undefined,
            ]);
          }
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  }));

Deno.test("a part that nobody moves is moved by the commits that fill it", () =>
  withFile((database) => {
    openTables(database);
    const points = new KeptPoints(database);
    const metrics = Array.from({ length: 400 }, (_, metric) => `m${metric}`);
    const waiting = () =>
      Number(database.all("select total(point_count) as count from point_batches")[0].count);
    let most = 0;
    for (let at = 0; at < 200; at++) {
      const scrape = metrics.map((metric) => pointAt(metric, at));
      database.transaction(() => points.add([{ deviceId: "pump", points: scrape }]));
      most = Math.max(most, waiting());
    }
    assert(most < 2 * POINTS_PER_MOVE && most > POINTS_PER_MOVE, `${most}`);
    while (points.tidy());
    assert(waiting() < POINTS_PER_MOVE);
    assertEquals(points.listWithin("pump", 0, 200).length, 400 * 200);
  }));

Deno.test("what a failed commit has made is not believed afterwards", () =>
  withFile((database) => {
    openTables(database);
    const points = new KeptPoints(database);
    const effects = [{ deviceId: "pump", points: [pointAt("cpu", 1)] }];
    assertThrows(() =>
      database.transaction(() => {
        points.add(effects);
        throw new Error("the disk is full");
      })
    );
    points.reset();
    assertEquals(points.listWithin("pump", 0, 9), []);
    points.add(effects);
    assertEquals(points.listWithin("pump", 0, 9), [pointAt("cpu", 1)]);
  }));

Deno.test("of a block that the disk has damaged the points before the damage stay", () =>
  withFile((database) => {
    openTables(database);
    const points = new KeptPoints(database);
    const given = ["cpu", "heat", "load"].map((metric) => pointAt(metric, 5));
    points.add([{ deviceId: "pump", points: given }]);
    const [{ bytes }] = database.all("select bytes from point_batches");
    const cut = (bytes as Uint8Array).slice(0, -3);
    database.run("update point_batches set bytes = ?", [cut]);
    assertEquals(points.listWithin("pump", 0, 9), given.slice(0, 2));
    new PointBatches(database).moveBefore(9);
    assertEquals(points.listWithin("pump", 0, 9), given.slice(0, 2));
  }));
