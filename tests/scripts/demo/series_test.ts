import { assert, assertEquals, assertThrows } from "@std/assert";
import { DEMO_DETECTORS, DEMO_DEVICES, DEMO_METRICS } from "../../../scripts/demo/catalogue.ts";
import { mergeByTime, parseSeries, pointsAfter, readSeries } from "../../../scripts/demo/series.ts";
import { readWindows } from "../../../scripts/demo/windows.ts";

const DEVICE = { name: "d", title: "D", cohort: "c", metric: "m" };
const point = (at: number, value = 1, device = "d") => ({ device, metric: "m", at, value });

Deno.test("every series that ships is read, ascends in time and has its training part", async () => {
  let total = 0;
  for (const device of DEMO_DEVICES) {
    const { points, trainingCount } = await readSeries(device);
    assert(points.every((one, i) => i === 0 || points[i - 1].at <= one.at), device.name);
    assertEquals(trainingCount, Math.floor(points.length * 0.15));
    total += points.length;
  }
  assertEquals(total, 52_298);
});

Deno.test("every device has a known metric and exactly one detector of that metric", () => {
  for (const device of DEMO_DEVICES) {
    assert(DEMO_METRICS.some((metric) => metric.name === device.metric), device.name);
    const watching = DEMO_DETECTORS.filter((one) => one.devices.includes(device.name));
    assertEquals(watching.map((one) => one.metric), [device.metric]);
  }
});

Deno.test("labelled windows lie inside their series and behind its training part", async () => {
  for (const device of DEMO_DEVICES) {
    const { points, trainingCount } = await readSeries(device);
    for (const { from, until } of await readWindows([device.name])) {
      assert(from >= points[trainingCount].at && until <= points.at(-1)!.at, device.name);
      assert(from < until);
    }
  }
});

Deno.test("the data that ships stays below one megabyte", () => {
  const folder = new URL("../../../scripts/demo/data/", import.meta.url);
  const sizes = [...Deno.readDirSync(folder)].map((e) =>
    Deno.statSync(new URL(e.name, folder)).size
  );
  assert(sizes.reduce((sum, size) => sum + size, 0) < 1_000_000);
});

Deno.test("a line that is no number is refused by its number", () => {
  const text = "timestamp,value\n2014-01-01 00:00:00,1\n2014-01-01 00:05:00,\n";
  assertThrows(() => parseSeries(DEVICE, text), SyntaxError, "line 3");
});

Deno.test("requests are merged by event time, equal instants in their series' order", () => {
  const series = [[point(1, 1), point(3, 1), point(3, 2)], [point(2, 9, "e"), point(3, 9, "e")]];
  assertEquals([...mergeByTime(series, 2)], [
    [point(1, 1), point(2, 9, "e")],
    [point(3, 1), point(3, 2)],
    [point(3, 9, "e")],
  ]);
});

Deno.test("a run goes on after the last stored point", () => {
  const points = [point(1), point(2), point(3)];
  assertEquals(pointsAfter(points, undefined), points);
  assertEquals(pointsAfter(points, 2), [point(3)]);
  assertEquals(pointsAfter(points, 3), []);
});
