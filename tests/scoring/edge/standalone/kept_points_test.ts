import { assert, assertEquals } from "@std/assert";
import { openSqlite } from "../../../../scoring/edge/platform/deno.ts";
import { Outbox } from "../../../../scoring/edge/standalone/outbox/mod.ts";
import {
  KeptPoints,
  openTables,
  type SqlDatabase,
  SqliteStore,
} from "../../../../scoring/edge/standalone/store/mod.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const METRICS = ["cpu", "heat", "load"];

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

/** Four hours of a point a second of each metric; every point is sent. */
async function openFullStore(database: SqlDatabase) {
  openTables(database);
  const outbox = new Outbox(database, {
    bytesMax: 1e9,
    newEpoch: () => "epoch",
    now: () => 0,
  });
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
    assertEquals([points.newestAt("pump", "cpu"), points.newestAt("pump", "heat")], [2, null]);
  }));

Deno.test("a series is listed with the point before it where that is wanted", () =>
  withFile((database) => {
    openTables(database);
    const points = new KeptPoints(database);
    const given = [10, 20, 30, 40].map((at) => ({ metricId: "cpu", at, value: at, late: false }));
    points.add({ deviceId: "pump", points: given });
    const listed = (from: number, withOneBefore: boolean) =>
      points.listSeries("pump", "cpu", { from, until: 40, withOneBefore }).map(({ at }) => at);
    assertEquals([listed(20, false), listed(20, true)], [[20, 30], [10, 20, 30]]);
    assertEquals([listed(25, false), listed(25, true), listed(5, true)], [
      [30],
      [20, 30],
      [10, 20, 30],
    ]);
  }));

Deno.test("a file that is too large loses its oldest points, of all series alike", () =>
  withFile(async (database) => {
    const { store, oldest } = await openFullStore(database);
    const bytesMax = Math.floor(database.bytesUsed() / 2);
    assertEquals(store.keepWithin(database.bytesUsed()), undefined);
    let looks = 0;
    while (store.keepWithin(bytesMax) !== undefined) looks++;
    assert(database.bytesUsed() <= bytesMax);
    assertEquals(new Set(oldest()), new Set([looks * MINUTE_MS]));
    assert(looks > 80 && looks < 160, `${looks}`);
  }));

Deno.test("the newest hour stays however large the file is", () =>
  withFile(async (database) => {
    const { store, oldest } = await openFullStore(database);
    while (store.keepWithin(0) !== undefined);
    assertEquals(new Set(oldest()), new Set([3 * HOUR_MS]));
  }));
