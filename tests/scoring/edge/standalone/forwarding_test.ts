import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { AROUND_ANOMALY_MS, windowAt } from "../../../../scoring/edge/standalone/forwarding/mod.ts";
import { mergeSketches, parseSketch, sketchQuantile } from "../../../../scoring/sketch/mod.ts";
import { EMPTY_SKETCH } from "../../../../scoring/sketch/mod.ts";
import { periodAt, SMARTBOX_CALENDAR, UTC } from "../../../../scoring/time/mod.ts";
import { openSqlite } from "../../../../scoring/edge/platform/deno.ts";
import { IN_MEMORY } from "../../../../scoring/edge/platform/sqlite_file.ts";
import type { FakeGateway } from "../fake_gateway.ts";
import { MINUTE_MS, minutes, START } from "../world.ts";
import type { ForwardingPolicy } from "../../../../scoring/edge/mod.ts";
import { atSite, document, send, STREAM, told, uncut } from "./site.ts";

const DAY_MS = 86_400_000;

/** Two days: ten wild minutes in the first night. */
const DAYS = minutes(2 * 1_440, {
  shock: (minute) => minute < 200 || minute >= 210 ? 0 : minute % 2 === 0 ? 60 : -25,
});

function sketches({ items }: FakeGateway) {
  return items.flatMap((item) => item.sketches ?? []);
}

Deno.test("every instant of a window has that window, and its period", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 20 * 1_440 }), fc.nat(1_440), (minute, more) => {
    const at = START + minute * MINUTE_MS;
    const window = windowAt(SMARTBOX_CALENDAR, UTC, at);
    assert(window.from <= at && at < window.until);
    const other = Math.min(window.until - 1, at + more * MINUTE_MS);
    assertEquals(windowAt(SMARTBOX_CALENDAR, UTC, other), window);
    assertEquals(periodAt(SMARTBOX_CALENDAR, UTC, other), window.period);
    assert(window.until - window.from <= DAY_MS);
  }));
});

for (const forwarding of ["aggregates", "anomalies"] as const) {
  Deno.test(`with the policy ${forwarding} the same anomalies and incidents go up`, async () =>
    await atSite(async ({ gateway, open }) => {
      const edge = open({ forwarding });
      await edge.refreshAssignments();
      for (let from = 0; from < STREAM.length; from += 37) {
        await send(edge, STREAM.slice(from, from + 37));
        await edge.sync();
      }
      const { anomalies, changes } = told(await uncut());
      const { points: sent, ...found } = told(gateway.items);
      assertEquals(found, JSON.parse(JSON.stringify({ anomalies, changes })));
      if (forwarding === "aggregates") assertEquals(sent, []);
    }));
}

Deno.test("sketches of all periods go up in place of points, and merge to the whole", async () =>
  await atSite(async ({ gateway, open }) => {
    let now = START;
    const edge = open({ forwarding: "aggregates", now: () => now });
    await edge.refreshAssignments();
    for (let from = 0; from < DAYS.length; from += 500) {
      const points = DAYS.slice(from, from + 500);
      now = points[points.length - 1].at;
      await send(edge, points);
      await edge.tick();
    }
    await edge.sync();
    const told = sketches(gateway);
    assertEquals(
      told.slice(0, 4).map(({ period, from, until }) => [
        period,
        (from - START) / 3_600_000,
        (until - START) / 3_600_000,
      ]),
      [["weekend_night", 0, 8], ["business", 8, 18], ["evening", 18, 22], ["night", 22, 24]],
    );
    const whole = told.map(({ sketch }) => parseSketch(sketch)).reduce(mergeSketches, EMPTY_SKETCH);
    // The last window waits for its watermark.
    assertEquals(whole.count, DAYS.length - 120);
    const sorted = DAYS.map(({ value }) => value).sort((left, right) => left - right);
    const median = sorted[Math.floor(sorted.length / 2)];
    assert(Math.abs(sketchQuantile(whole, 0.5) - median) < 0.02 * median);
    const { bytesSaved, bytesSent } = gateway.reports.at(-1)!;
    assert(bytesSaved > 20 * bytesSent, `${bytesSaved} of ${bytesSent}`);
  }));

for (
  const [wanted, edgeWide, points, sketched] of [
    ["all", "all", 600, 0],
    ["aggregates", "all", 0, 480],
    ["aggregates", "anomalies", 0, 480],
    ["all", "aggregates", 0, 480],
    ["anomalies", "aggregates", 0, 480],
  ] satisfies [ForwardingPolicy, ForwardingPolicy, number, number][]
) {
  Deno.test(`where detectors want ${wanted} an edge of at most ${edgeWide} sends ${points} points`, async () =>
    await atSite(async ({ gateway, open }) => {
      gateway.document = wanting(wanted);
      const calm = minutes(600);
      const edge = open({ forwarding: edgeWide, now: () => calm[599].at });
      await edge.refreshAssignments();
      await send(edge, calm);
      await edge.tick();
      await edge.sync();
      assertEquals(told(gateway.items).points.length, points);
      const counts = sketches(gateway).map(({ sketch }) => parseSketch(sketch).count);
      assertEquals(counts.reduce((sum, count) => sum + count, 0), sketched);
    }));
}

Deno.test("what detectors want holds from the moment at which they are changed", async () =>
  await atSite(async ({ gateway, open }) => {
    const calm = minutes(600);
    const edge = open({ now: () => calm[599].at });
    for (const [from, wanted] of [[0, "all"], [200, "aggregates"], [400, "all"]] as const) {
      gateway.document = wanting(wanted);
      await edge.refreshAssignments();
      await send(edge, calm.slice(from, from + 200));
    }
    await edge.tick();
    await edge.sync();
    const sent = told(gateway.items).points.map(([at]) => at);
    const raw = [...calm.slice(0, 200), ...calm.slice(400)];
    assertEquals(sent, raw.map(({ at }) => at));
    // The sketch tells the whole of its window, not what points left out.
    assertEquals(sketches(gateway).map(({ sketch }) => parseSketch(sketch).count), [480]);
  }));

function wanting(policy: ForwardingPolicy) {
  const devices = document.devices.map((device) => (
    { ...device, forwarding: policy === "all" ? undefined : { "id-of-cpu": policy } }
  ));
  return { ...document, devices };
}

Deno.test("the sketches of a counter are of its rates, from one window into the next", async () =>
  await atSite(async ({ gateway, open }) => {
    const { devices, ...rest } = wanting("aggregates");
    const counted = devices.map((device) => (
      { ...device, metrics: device.metrics?.map((metric) => ({ ...metric, isCounter: true })) }
    ));
    gateway.document = { ...rest, devices: counted };
    // Two a second; begins again at noon.
    const counter = minutes(1_200)
      .map((point, minute) => ({ ...point, value: 120 * (minute % 720) }));
    const edge = open({ now: () => counter[1_199].at });
    await edge.refreshAssignments();
    await send(edge, counter);
    await edge.tick();
    await edge.sync();
    const told = sketches(gateway).map(({ sketch }) => parseSketch(sketch));
    assertEquals(told.map(({ count, min, max }) => [count, min, max]), [[479, 2, 2], [599, 2, 2]]);
  }));

Deno.test("late points make a window's sketch anew, with all of its values", async () =>
  await atSite(async ({ gateway, open }) => {
    const calm = minutes(600);
    const edge = open({ forwarding: "aggregates", now: () => calm[599].at });
    await edge.refreshAssignments();
    await send(edge, calm.filter((_, minute) => minute !== 100));
    await edge.tick();
    await send(edge, [calm[100]]);
    await edge.tick();
    await edge.sync();
    assertEquals(sketches(gateway).map(({ sketch }) => parseSketch(sketch).count), [479, 480]);
  }));

Deno.test("a late point of a window whose points are gone from the disk shrinks no sketch at the gateway", async () =>
  await atSite(async ({ gateway, open }) => {
    const database = openSqlite(IN_MEMORY);
    const calm = minutes(600);
    let now = calm[599].at;
    const edge = open({ database, forwarding: "aggregates", now: () => now });
    await edge.refreshAssignments();
    await send(edge, calm.filter((_, minute) => minute !== 100));
    await edge.tick();
    // What the edge keeps of points ends after 35 days.
    now += 40 * DAY_MS;
    await send(edge, minutes(60, { from: 600 + 40 * 1_440 }));
    await edge.tick();
    assertEquals(await send(edge, [calm[100]]), 1);
    await edge.tick();
    await edge.sync();
    const first = sketches(gateway).filter(({ from }) => from === START);
    assertEquals(first.map(({ sketch }) => parseSketch(sketch).count), [479, 1]);
    // The gateway keeps the one of more values, as tests/domain/edge/edge_sync_test.ts shows.
  }));

Deno.test("with the policy anomalies the points around them go up, each once", async () =>
  await atSite(async ({ gateway, open }) => {
    for (let from = 0; from < 1_440; from += 17) {
      const edge = open({ forwarding: "anomalies" });
      if (from === 0) await edge.refreshAssignments();
      await send(edge, DAYS.slice(from, Math.min(from + 17, 1_440)));
    }
    await open({ forwarding: "anomalies" }).sync();
    const { points, anomalies } = told(gateway.items);
    const found = gateway.items.flatMap((item) => item.anomalies.map(({ at }) => at));
    assert(anomalies.length > 0);
    const wanted = DAYS.slice(0, 1_440)
      .filter(({ at }) =>
        found.some((anomaly) =>
          at >= anomaly - AROUND_ANOMALY_MS && at < anomaly + AROUND_ANOMALY_MS
        )
      );
    assert(wanted.length > 60 && wanted.length < 1_400, `${wanted.length}`);
    assertEquals(
      points.toSorted(([left], [right]) => left - right),
      wanted.map(({ at, value }) => [at, value]),
    );
  }));
