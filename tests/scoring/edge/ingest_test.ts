import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { BundleError } from "../../../scoring/bundle/mod.ts";
import type { DeviceEffects } from "../../../scoring/pipeline/mod.ts";
import type { TelemetryPoint } from "../../../scoring/point.ts";
import {
  createIngest,
  type Ingest,
  type IngestOptions,
  NotRecordedError,
  QueueFullError,
  StaleDeviceError,
} from "../../../scoring/edge/mod.ts";
import { MemoryStore } from "./memory_store.ts";
import { MINUTE_MS, minutes, openWorld, SETTING, START, TENANT } from "./world.ts";

const { model, modelId } = await openWorld();

/** Far enough that all points of the tests are past. */
const NOW = START + 10 * 1_440 * MINUTE_MS;

function storeOf(...devices: string[]): MemoryStore {
  const store = new MemoryStore();
  for (const name of devices) {
    const device = store.addDevice(name, { cpu: {} });
    device.assignments.push({ detectorId: SETTING.detectorId, modelId, setting: SETTING });
  }
  return store;
}

function ingestOf(store: MemoryStore, options: Partial<IngestOptions> = {}): Ingest {
  return createIngest({
    tenantId: TENANT,
    store,
    openModel: () => Promise.resolve(model),
    now: () => NOW,
    ...options,
  });
}

function cpu(minute: number, value: number, device = "pump-7"): TelemetryPoint {
  return { device, metric: "cpu", at: START + minute * MINUTE_MS, value };
}

async function counts(ingest: Ingest, points: readonly TelemetryPoint[]) {
  const { accepted, duplicates, refused } = await ingest.ingest(points);
  return [accepted, duplicates, refused.map(({ index, code }) => `${index} ${code}`)];
}

Deno.test("a point that is sent again is a duplicate, with another value it is refused", async () => {
  const store = storeOf("pump-7");
  const ingest = ingestOf(store);
  assertEquals(await counts(ingest, [cpu(0, 1), cpu(1, 2)]), [2, 0, []]);
  assertEquals(await counts(ingest, [cpu(1, 2), cpu(0, 9), cpu(2, 3)]), [
    1,
    1,
    ["1 DUPLICATE_TIMESTAMP"],
  ]);
  assertEquals(store.commits.length, 2);
});

Deno.test("the same holds within one request", async () => {
  const ingest = ingestOf(storeOf("pump-7"));
  assertEquals(await counts(ingest, [cpu(3, 1), cpu(3, 1), cpu(3, 2), cpu(1, 5), cpu(1, 5)]), [
    2,
    2,
    ["2 DUPLICATE_TIMESTAMP"],
  ]);
});

Deno.test("a request of duplicates alone commits nothing", async () => {
  const store = storeOf("pump-7");
  const ingest = ingestOf(store);
  await ingest.ingest([cpu(0, 1)]);
  assertEquals(await counts(ingest, [cpu(0, 1)]), [0, 1, []]);
  assertEquals(store.commits.length, 1);
});

Deno.test("points behind the watermark are stored late and not scored", async () => {
  const store = storeOf("pump-7");
  const ingest = ingestOf(store);
  await ingest.ingest([cpu(10, 1)]);
  assertEquals(await counts(ingest, [cpu(2, 1)]), [1, 0, []]);
  assertEquals(store.commits[1].points.map(({ late }) => late), [true]);
});

Deno.test("the answer says how many points were late, and points under names that nothing reads never are", async () => {
  const store = storeOf("pump-7");
  store.devices.get("pump-7")!.metrics.set("load", {
    metricId: "id-of-load",
    category: "SYSTEM",
    minValue: null,
    maxValue: null,
  });
  const ingest = ingestOf(store);
  assertEquals((await ingest.ingest(minutes(30))).late, 0);
  const history = minutes(60, { from: -60 });
  const unread = history.map((point) => ({ ...point, metric: "load" }));
  const { accepted, late } = await ingest.ingest([...history, ...unread, cpu(30, 1)]);
  assertEquals([accepted, late], [121, 60]);
});

Deno.test("a backlog in shards is judged, though the first one is ten minutes ahead", async () => {
  const store = storeOf("pump-7");
  const { metrics } = store.devices.get("pump-7")!;
  metrics.set("disk", { ...metrics.get("cpu")!, metricId: "id-of-disk" });
  let wall = START + 30 * MINUTE_MS;
  const ingest = ingestOf(store, { now: () => wall });
  await ingest.ingest(minutes(30));
  wall += 10 * MINUTE_MS;
  await ingest.tick();
  const backlog = minutes(10, { from: 30, shock: () => 60 });
  assertEquals((await ingest.ingest(backlog.map((p) => ({ ...p, metric: "disk" })))).late, 0);
  await ingest.tick();
  for (const point of backlog) assertEquals((await ingest.ingest([point])).late, 0);
  assert(anomaliesOf(store).length > 0);
});

Deno.test("one commit holds all devices of a request", async () => {
  const store = storeOf("pump-7", "pump-8");
  const seen: number[] = [];
  const ingest = ingestOf(store, { onCommitted: (effects) => seen.push(effects.length) });
  await ingest.ingest([cpu(0, 1, "pump-8"), cpu(0, 1), cpu(1, 1, "pump-8")]);
  assertEquals(seen, [2]);
});

Deno.test("nothing of a failed commit survives, and the request can be sent again", async () => {
  const store = storeOf("pump-7");
  const ingest = ingestOf(store);
  await ingest.ingest(minutes(30));
  store.failures.push(new Error("disk full"));
  const shocked = minutes(5, { from: 30, shock: () => 60 });
  await assertRejects(() => ingest.ingest(shocked), NotRecordedError);
  assertEquals(await counts(ingest, shocked), [5, 0, []]);
  const uncut = storeOf("pump-7");
  await ingestOf(uncut).ingest([...minutes(30), ...shocked]);
  assertEquals(anomaliesOf(store), anomaliesOf(uncut));
});

Deno.test("a device that has changed meanwhile is read and folded again, at most twice", async () => {
  const store = storeOf("pump-7");
  const ingest = ingestOf(store);
  const stale = () => new StaleDeviceError("id-of-pump-7");
  store.failures.push(stale(), stale());
  assertEquals(await counts(ingest, [cpu(0, 1)]), [1, 0, []]);
  store.failures.push(stale(), stale(), stale());
  await assertRejects(() => ingest.ingest([cpu(1, 1)]), NotRecordedError);
});

Deno.test("an acknowledgement in between is kept by the incident's next change", async () => {
  const store = storeOf("pump-7");
  const ingest = ingestOf(store);
  await ingest.ingest([...minutes(30), ...minutes(5, { from: 30, shock: () => 60 })]);
  const device = store.devices.get("pump-7");
  const incident = [...device?.incidents.values() ?? []].find(({ state }) => state === "OPEN");
  assert(device !== undefined && incident !== undefined);
  const acknowledged = { ...incident, acknowledgedBy: "Ada", version: incident.version + 1 };
  device.incidents.set(incident.id, acknowledged);
  store.changes++;
  await ingest.ingest(minutes(120, { from: 35 }));
  const last = device.incidents.get(incident.id);
  assertEquals([last?.acknowledgedBy, last?.state], ["Ada", "CLOSED"]);
});

Deno.test("a model that is assigned later judges from then on", async () => {
  const store = storeOf("pump-7");
  const device = store.devices.get("pump-7");
  const assignments = device?.assignments.splice(0) ?? [];
  const ingest = ingestOf(store);
  await ingest.ingest(minutes(30));
  device?.assignments.push(...assignments);
  store.changes++;
  await ingest.ingest(minutes(5, { from: 30, shock: () => 60 }));
  assert(anomaliesOf(store).length > 0);
});

Deno.test("a change elsewhere in the tenant costs a device no refold", async () => {
  const store = storeOf("pump-7");
  let refolds = 0;
  const list = store.listPoints.bind(store);
  store.listPoints = (...from) => (refolds++, list(...from));
  const ingest = ingestOf(store);
  await ingest.ingest(minutes(5));
  store.changes++;
  await ingest.ingest(minutes(5, { from: 5 }));
  assertEquals(refolds, 0);
});

Deno.test("a bundle that cannot be opened is told, and telemetry goes on", async () => {
  const store = storeOf("pump-7");
  const told: string[] = [];
  const ingest = ingestOf(store, {
    openModel: () => Promise.reject(new BundleError("BUNDLE_HASH", "damaged")),
    onBadBundle: ({ code }) => told.push(code),
  });
  assertEquals(await counts(ingest, minutes(3)), [3, 0, []]);
  assertEquals(told, ["BUNDLE_HASH"]);
});

Deno.test("requests for one device wait for each other, and too many are turned away", async () => {
  const store = storeOf("pump-7");
  const ingest = ingestOf(store, { requestsWaitingMax: 3 });
  const [first, second, third, fourth] = await Promise.allSettled(
    [0, 1, 2, 3].map((minute) => ingest.ingest([cpu(minute, 1)])),
  );
  assertEquals([first.status, second.status, third.status], [
    "fulfilled",
    "fulfilled",
    "fulfilled",
  ]);
  assert(fourth.status === "rejected" && fourth.reason instanceof QueueFullError);
  assertEquals(store.commits.map(({ points }) => points[0].at), [0, 1, 2].map((m) => cpu(m, 1).at));
  assertEquals(ingest.waiting, 0);
});

Deno.test("points too far apart for one request are named, the newest kept", async () => {
  const store = storeOf("pump-7");
  const years = 10 * 365 * 1_440;
  const points = Array.from({ length: 9_000 }, (_, i) => cpu(-years + i * 500, 1));
  const { accepted, refused } = await ingestOf(store).ingest([...points, cpu(0, 1)]);
  assertEquals(accepted + refused.length, points.length + 1);
  assertEquals([...new Set(refused.map(({ code }) => code))], ["SPAN_TOO_LONG"]);
  assertEquals(store.commits[0].points.at(-1)?.at, START);
});

Deno.test("silence of a live device closes its buckets, also after a restart", async () => {
  const store = storeOf("pump-7");
  await ingestOf(store).ingest([...minutes(30), ...minutes(5, { from: 30, shock: () => 60 })]);
  const states = () =>
    [...store.devices.get("pump-7")?.incidents.values() ?? []].map((i) => i.state);
  assert(states().includes("OPEN"));
  await ingestOf(store, { clockMode: "replay" }).tick();
  assert(states().includes("OPEN"));
  let wall = START + 60 * MINUTE_MS;
  const restarted = ingestOf(store, { now: () => wall });
  await restarted.tick();
  // Nobody knows yet whether the device has been silent, or what took its points was away.
  assert(states().includes("OPEN"));
  wall += 10 * MINUTE_MS;
  await restarted.tick();
  assertEquals(states().filter((state) => state === "OPEN"), []);
});

Deno.test("a device that cannot tick does not keep the others from it", async () => {
  const store = storeOf("pump-6", "pump-7");
  const shocked = (device: string) => [
    ...minutes(30, { device }),
    ...minutes(5, { device, from: 30, shock: () => 60 }),
  ];
  await ingestOf(store).ingest([...shocked("pump-6"), ...shocked("pump-7")]);
  let wall = START + 60 * MINUTE_MS;
  const ingest = ingestOf(store, { now: () => wall });
  await ingest.tick();
  wall += 10 * MINUTE_MS;
  store.failures.push(new Error("disk full"));
  await assertRejects(() => ingest.tick(), AggregateError);
  // The end of the bucket of the newest point, so that what comes after the silence is not late.
  assertEquals(store.devices.get("pump-7")?.watermark, START + 35 * MINUTE_MS);
});

function anomaliesOf(store: MemoryStore): unknown[] {
  return store.commits.flatMap(({ anomalies }) => [...anomalies]);
}

function told(commits: readonly DeviceEffects[]) {
  const of = (deviceId: string) => commits.filter((effects) => effects.deviceId === deviceId);
  return ["id-of-pump-7", "id-of-pump-8"].map((deviceId) => ({
    anomalies: of(deviceId).flatMap(({ anomalies }) => [...anomalies]),
    changes: of(deviceId).flatMap(({ incidentChanges }) => [...incidentChanges]),
    watermark: of(deviceId).at(-1)?.watermark,
  }));
}

const STREAM = ["pump-7", "pump-8"].flatMap((device) =>
  minutes(240, { device, shock: (minute) => minute % 100 > 90 ? 50 : 0 })
).sort((a, b) => a.at - b.at);

Deno.test("any cut into requests, with repeats, restarts and one device in memory, tells the same", async () => {
  const uncut = storeOf("pump-7", "pump-8");
  await ingestOf(uncut).ingest(STREAM);
  assert(anomaliesOf(uncut).length > 0);
  const request = fc.record({
    size: fc.integer({ min: 1, max: 200 }),
    restart: fc.boolean(),
    again: fc.integer({ min: 0, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 6 }), async (requests) => {
      const store = storeOf("pump-7", "pump-8");
      let ingest = ingestOf(store, { metricsInMemoryMax: 1 });
      let from = 0;
      const cuts = [...requests, { size: STREAM.length, restart: false, again: 0 }];
      for (const { size, restart, again } of cuts) {
        const points = STREAM.slice(Math.max(0, from - again), from + size);
        const { accepted, duplicates } = await ingest.ingest(points);
        assertEquals(accepted + duplicates, points.length);
        if (restart) ingest = ingestOf(store);
        from += size;
      }
      assertEquals(told(store.commits), told(uncut.commits));
    }),
    { numRuns: 25 },
  );
});

Deno.test("a device that has got thousands of series leaves less room for others", async () => {
  const store = new MemoryStore();
  const metrics = Array.from({ length: 2_000 }, (_, index) => `m${index}`);
  store.addDevice("node-1", Object.fromEntries(metrics.map((metric) => [metric, {}])));
  for (const small of ["pump-7", "pump-8"]) store.addDevice(small, { cpu: {} });
  const ingest = ingestOf(store, { metricsInMemoryMax: 4 });
  await ingest.ingest([cpu(0, 1), cpu(0, 1, "pump-8")]);
  const points = metrics.map((metric) => ({ device: "node-1", metric, at: START, value: 1 }));
  await ingest.ingest(points.slice(0, 999));
  assertEquals(ingest.deviceCount, 3);
  await ingest.ingest(points.slice(999));
  assertEquals(ingest.deviceCount, 2);
});

Deno.test("every point of a request is counted once", async () => {
  const point = fc.record({
    device: fc.constantFrom("pump-7", "pump-8", "pump-9"),
    metric: fc.constantFrom("cpu", "disk"),
    at: fc.integer({ min: 0, max: 8 }).map((minute) => START + minute * MINUTE_MS),
    value: fc.constantFrom(1, 2),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(point, { maxLength: 12 }), { maxLength: 4 }),
      async (all) => {
        const store = storeOf("pump-7", "pump-8");
        const ingest = ingestOf(store);
        let kept = 0;
        for (const points of all) {
          const { accepted, duplicates, refused } = await ingest.ingest(points);
          assertEquals(accepted + duplicates + refused.length, points.length);
          assertEquals(refused.map(({ index }) => index), [
            ...new Set(refused.map((r) => r.index)),
          ]);
          kept += accepted;
        }
        assertEquals(
          kept,
          [...store.devices.values()].reduce((n, { points }) => n + points.size, 0),
        );
      },
    ),
    { numRuns: 50 },
  );
});
