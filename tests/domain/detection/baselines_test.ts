import { assertEquals } from "@std/assert";
import {
  baselinesInForce,
  findBaseline,
  type FittedBaseline,
  listBaselines,
  loadBaselines,
  replaceBaselines,
} from "../../../domain/mod.ts";
import { fitBaselines } from "../../../domain/worker/fit_baselines.ts";
import { fitBaseline } from "../../../scoring/detect/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../scoring/time/mod.ts";
import { addDevice, addMetric, addTenant, commit, deps } from "../fixtures.ts";
import { openTestDatabase } from "../test_database.ts";

async function openSeries() {
  const test = await openTestDatabase();
  const { tenant } = await addTenant(test.db);
  const device = await addDevice(test.db, tenant, "pump-1");
  const metric = await addMetric(test.db, tenant, "load");
  const fitted = (
    validFrom: number,
    values: readonly number[],
    period = "any",
  ): FittedBaseline => ({
    deviceId: device.id,
    metricId: metric.id,
    period,
    stats: fitBaseline(values),
    validFrom,
  });
  const replace = (...baselines: FittedBaseline[]) =>
    commit(test.db, replaceBaselines(tenant, device.id, baselines, deps));
  return { test, db: test.db, tenant, device, metric, fitted, replace };
}

Deno.test("a baseline ends the one before it, and is its next version", async () => {
  const { test, tenant, device, metric, fitted, replace } = await openSeries();
  await using _ = test;
  const [first, night] = await replace(fitted(100, [1, 2, 3]), fitted(100, [9], "night"));
  const [second] = await replace(fitted(200, [4, 5, 6]));
  assertEquals([first.version, second.version, second.stats.median], [1, 2, 5]);
  assertEquals((await findBaseline(tenant, first.id))?.valid_to, 200);
  const list = async (filter: object) =>
    (await listBaselines(tenant, { first: 10, ...filter })).items.map(({ id }) => id);
  assertEquals(await list({ period: "any" }), [second.id, first.id]);
  assertEquals((await list({ isCurrent: true })).sort(), [second.id, night.id].sort());
  assertEquals(await list({ deviceId: device.id, metricId: metric.id, first: 1 }), [second.id]);
  assertEquals(await loadBaselines(tenant, ["none", second.id]), [undefined, second]);
});

Deno.test("what was normal for a value is its period's baseline of its time, else that of all times", async () => {
  const { test, tenant, device, fitted, replace } = await openSeries();
  await using _ = test;
  const [first, night] = await replace(fitted(100, [1, 2, 3]), fitted(100, [9], "night"));
  const [second] = await replace(fitted(200, [4, 5, 6]));
  const key = (at: number, period: string) => ({ deviceId: device.id, metric: "load", period, at });
  const keys = [key(99, "night"), key(150, "night"), key(150, "evening"), key(250, "evening")];
  const found = await baselinesInForce(tenant, [...keys, { ...key(150, "night"), metric: "heat" }]);
  assertEquals(found.map((one) => one?.id), [
    undefined,
    night.id,
    first.id,
    second.id,
    undefined,
  ]);
});

Deno.test("a baseline that says the same is neither stored nor told again", async () => {
  const { test, db, tenant, fitted, replace } = await openSeries();
  await using _ = test;
  await replace(fitted(100, [1, 2, 3]));
  assertEquals(await replace(fitted(100, [1, 2, 3])), []);
  const types = ["baseline.built"] as const;
  assertEquals((await db.events.read(tenant.tenantId, { after: 0, limit: 9, types })).length, 1);
});

Deno.test("a baseline of older data leaves the one before it valid for no time", async () => {
  const { test, tenant, fitted, replace } = await openSeries();
  await using _ = test;
  const [newer] = await replace(fitted(200, [1]));
  await replace(fitted(100, [2]));
  assertEquals((await findBaseline(tenant, newer.id))?.valid_to, 200);
});

Deno.test("another tenant's baselines are unknown", async () => {
  const { test, db, fitted, replace } = await openSeries();
  await using _ = test;
  const [baseline] = await replace(fitted(100, [1]));
  const { tenant } = await addTenant(db, "rival");
  assertEquals(await findBaseline(tenant, baseline.id), undefined);
  assertEquals((await listBaselines(tenant, { first: 5 })).items, []);
});

function fitColumns(kind: "gauge" | "counter", values: readonly number[], stepMs: number) {
  const at = Float64Array.from(values, (_, i) => i * stepMs);
  const plan = { bucketMs: 60_000, metrics: [{ name: "m", kind }], features: [] };
  const columns = [{ metricId: "m", at, value: Float64Array.from(values) }];
  const time = { calendar: SMARTBOX_CALENDAR, zone: UTC };
  return fitBaselines({ deviceId: "d", plan, columns, ...time });
}

Deno.test("baselines are made for all time and for each period that has enough values", () => {
  const values = Array.from({ length: 24 * 7 }, (_, i) => i);
  const baselines = fitColumns("gauge", values, 3_600_000);
  const counts = new Map(baselines.map(({ period, stats }) => [period, stats.count]));
  // An hour a value: 5 × 10 business hours and so on; the evenings and weekends have too few.
  assertEquals(counts, new Map([["any", 168], ["night", 50], ["business", 50]]));
  assertEquals(baselines[0].validFrom, 167 * 3_600_000 + 1);
});

Deno.test("a counter's baseline is of its rate per second, without its resets", () => {
  const values = Array.from({ length: 50 }, (_, i) => (i % 25) * 20);
  const [{ stats }] = fitColumns("counter", values, 10_000);
  assertEquals([stats.count, stats.min, stats.max], [48, 2, 2]);
});

Deno.test("too few values make no baseline", () => {
  assertEquals(fitColumns("gauge", [1, 2, 3], 60_000), []);
  assertEquals(fitColumns("counter", [], 60_000), []);
});
