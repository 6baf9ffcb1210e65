import { assert, assertEquals } from "@std/assert";
import {
  applySync,
  commitRebuilt,
  createDetector,
  createMetric,
  type FittedBaseline,
} from "../../../domain/mod.ts";
import { type EdgeWindow, timesKnownInPart } from "../../../domain/worker/edge_windows.ts";
import { fitDevice, type FitDeviceResult } from "../../../domain/worker/fit_device.ts";
import type { SyncItem } from "../../../scoring/edge/standalone/protocol.ts";
import { windowAt } from "../../../scoring/edge/standalone/forwarding/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";
import { counterRates, serialiseSketch, sketchOf } from "../../../scoring/sketch/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../scoring/time/mod.ts";
import { addDevice, addTenant, commit, deps, NOW } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

const STEP_MS = 600_000;
const FROM = NOW - 8 * 86_400_000;
const AT = Array.from({ length: 8 * 144 }, (_, index) => FROM + index * STEP_MS);
const windowOf = (at: number) => windowAt(SMARTBOX_CALENDAR, UTC, at);

interface Series {
  readonly metricId: string;
  readonly isCounter: boolean;
  readonly value: readonly number[];
}

async function openFleet() {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db, "acme", {
    calendar: SMARTBOX_CALENDAR,
    timeZone: "UTC",
  });
  const metrics = [];
  for (const [name, dataType] of [["load", "gauge"], ["requests", "counter"]] as const) {
    const input = { name, dataType, category: "cpu" };
    metrics.push(await commit(test.db, createMetric(tenant, input, deps)));
  }
  const input = {
    name: "pumps",
    scope: { kind: "TENANT" },
    metrics: ["load", "requests"],
  } as const;
  const detector = await commit(test.db, createDetector(tenant, input, deps));
  const noise = createRandom(3);
  const load = AT.map((at) =>
    (windowOf(at).period === "business" ? 60 : 20) + 9 * noise.nextFloat()
  );
  let requests = 0;
  const count = AT.map((_, index) => requests = index % 500 === 499 ? 0 : requests + load[index]);
  const series: Series[] = [
    { metricId: metrics[0].id, isCounter: false, value: load },
    { metricId: metrics[1].id, isCounter: true, value: count },
  ];
  /** A fit of a device of which an edge has sent this. */
  const fit = async (
    name: string,
    itemsOf: (deviceId: string) => readonly SyncItem[],
    { edges = 1, isModelSkipped = false } = {},
  ): Promise<FitDeviceResult> => {
    const { id: deviceId } = await addDevice(test.db, tenant, name);
    for (let edge = 0; edge < edges; edge++) {
      const items = itemsOf(deviceId);
      const sync = { edgeId: `edge-${name}-${edge}`, epoch: "a", firstSeq: 1, items };
      const write = { now: deps.now, writer: test.db.writer };
      await commitRebuilt(test.db.writer, () => applySync(tenant, sync, write));
    }
    const params = { tenantId: tenant.tenantId, detectorId: detector.id, deviceId, now: NOW };
    const context = { db: test.db.reader, progress: () => {} };
    return await fitDevice(context, { ...params, isModelSkipped });
  };
  const baselines = async (
    name: string,
    itemsOf: (deviceId: string) => readonly SyncItem[],
    edges = 1,
  ) => (await fit(name, itemsOf, { edges, isModelSkipped: true })).baselines;
  return { test, series, fit, baselines };
}

function item(deviceId: string, more: Partial<SyncItem>): SyncItem {
  return { deviceId, points: [], watermark: NOW, anomalies: [], incidentChanges: [], ...more };
}

/** Every point, or those of a time. */
function rawItem(
  deviceId: string,
  series: readonly Series[],
  until = Infinity,
  from = -Infinity,
): SyncItem {
  const points = series.flatMap(({ metricId, value }) =>
    AT.map((at, index) => ({ metricId, at, value: value[index], late: false }))
  );
  return item(deviceId, { points: points.filter(({ at }) => at >= from && at < until) });
}

function sketchItem(
  deviceId: string,
  series: readonly Series[],
  after = -Infinity,
  before = Infinity,
): SyncItem {
  const sketches = series.flatMap(({ metricId, isCounter, value }) => {
    const known = isCounter ? counterRates({ at: AT, value }) : { at: AT, value };
    const byWindow = Map.groupBy(
      Array.from(known.at).keys(),
      (index) => windowOf(known.at[index]).from,
    );
    return [...byWindow].filter(([from]) => from >= after && windowOf(from).until <= before).map((
      [from, own],
    ) => ({
      metricId,
      ...windowOf(from),
      sketch: serialiseSketch(sketchOf(own.map((index) => known.value[index]))),
    }));
  });
  return item(deviceId, { sketches });
}

function keysOf(baselines: readonly FittedBaseline[]) {
  return baselines.map(({ metricId, period, stats }) => [metricId, period, stats.count]);
}

Deno.test("baselines of sketches alone are those of the points, within a sketch's error", async () => {
  const { test, series, baselines } = await openFleet();
  await using _ = test;
  const exact = await baselines("raw", (id) => [rawItem(id, series)]);
  const sketched = await baselines("sparse", (id) => [sketchItem(id, series)]);
  assertEquals(keysOf(sketched), keysOf(exact));
  assert(exact.length > 6);
  for (const [index, { stats, period }] of sketched.entries()) {
    const wanted = exact[index].stats;
    for (const name of ["p05", "p25", "p75", "p95"] as const) {
      const error = Math.abs(stats.quantiles[name] / wanted.quantiles[name] - 1);
      assert(error < 0.02, `${period} ${name}: ${stats.quantiles[name]}`);
    }
    assert(Math.abs(stats.median / wanted.median - 1) < 0.02);
    assert(Math.abs(stats.mean / wanted.mean - 1) < 1e-9);
    assertEquals([stats.min, stats.max], [wanted.min, wanted.max]);
  }
});

Deno.test("points that came up beside their sketches count once, and are exact where all came up", async () => {
  const { test, series, baselines } = await openFleet();
  await using _ = test;
  const exact = await baselines("raw", (id) => [rawItem(id, series)]);
  const both = await baselines("both", (id) => [rawItem(id, series), sketchItem(id, series)]);
  assertEquals(both.map(({ stats }) => stats), exact.map(({ stats }) => stats));
  const until = FROM + 3.3 * 86_400_000;
  const some = await baselines("some", (id) => [
    rawItem(id, series, until),
    sketchItem(id, series),
  ]);
  assertEquals(keysOf(some), keysOf(exact));
  assert(some.some(({ stats }, index) => stats.median !== exact[index].stats.median));
});

Deno.test("times of which points stayed at an edge are joined, and no others", () => {
  const metrics = ["a", "b"].map((name) => ({ name, kind: "gauge" as const }));
  const columns = metrics.map(({ name: metricId }) => (
    { metricId, at: Float64Array.of(5, 15, 25), value: Float64Array.of(1, 2, 3) }
  ));
  const window = (from: number, until: number, values: number) => (
    { period: "night", from, until, sketch: sketchOf(Array(values).fill(1)) }
  );
  const plan = { bucketMs: 1, metrics, features: [] };
  const inPart = (...windows: EdgeWindow[][]) => timesKnownInPart(plan, columns, windows);
  assertEquals(inPart([], []), []);
  assertEquals(inPart([window(0, 30, 3)], [window(0, 10, 1)]), []);
  assertEquals(inPart([window(0, 10, 2), window(20, 30, 2)], [window(10, 20, 9)]), [
    { from: 0, until: 30 },
  ]);
  assertEquals(inPart([window(0, 10, 2)], [window(20, 30, 2), window(40, 50, 1)]), [
    { from: 0, until: 10 },
    { from: 20, until: 30 },
    { from: 40, until: 50 },
  ]);
});

Deno.test("a fit does not learn from what came up around anomalies alone", async () => {
  const { test, series, fit } = await openFleet();
  await using _ = test;
  const until = FROM + 6 * 86_400_000;
  const rowsOf = async (name: string, itemsOf: (deviceId: string) => SyncItem[]) =>
    (await fit(name, itemsOf)).model!.summary.provenance;
  const whole = await rowsOf("whole", (id) => [rawItem(id, series, until)]);
  const partial = await rowsOf("partial", (id) => [
    rawItem(id, series, until),
    rawItem(id, series, until + 50_400_000, until + 46_800_000),
    sketchItem(id, series, until),
  ]);
  assertEquals(partial.trainedUntil, whole.trainedUntil);
  assertEquals(partial.rows, whole.rows);
});

Deno.test("neither baselines nor fits use what came up of a window before its sketch", async () => {
  const { test, series, baselines, fit } = await openFleet();
  await using _ = test;
  const switched = (Math.floor(FROM / 86_400_000) + 6) * 86_400_000;
  // The evening is open: three hours of it have come up, around an anomaly.
  const evening = windowOf(switched + 19 * 3_600_000).from;
  const closed = (id: string) => [
    rawItem(id, series, switched),
    sketchItem(id, series, switched, evening),
  ];
  const open = (id: string) => [
    ...closed(id),
    rawItem(id, series, evening + 3 * 3_600_000, evening),
  ];
  const statsOf = async (name: string, itemsOf: (id: string) => SyncItem[]) =>
    (await baselines(name, itemsOf)).map(({ metricId, period, stats }) => ({
      metricId,
      period,
      stats,
    }));
  const wanted = await statsOf("closed", closed);
  assert(wanted.length > 6);
  assertEquals(await statsOf("open", open), wanted);
  const rowsOf = async (name: string, itemsOf: (id: string) => SyncItem[]) =>
    (await fit(name, itemsOf)).model!.summary.provenance.rows;
  assertEquals(await rowsOf("fit open", open), await rowsOf("fit closed", closed));
});

Deno.test("what two edges have seen of a window is the sketch of both", async () => {
  const { test, series, baselines } = await openFleet();
  await using _ = test;
  const one = await baselines("one", (id) => [sketchItem(id, series)]);
  const two = await baselines("two", (id) => [sketchItem(id, series)], 2);
  const doubled = (list: readonly FittedBaseline[], by: number) =>
    list.filter(({ stats }) => stats.count * by >= 64)
      .map(({ metricId, period, stats }) => [metricId, period, stats.count * by, stats.median]);
  assertEquals(doubled(two, 1), doubled(one, 2));
});
