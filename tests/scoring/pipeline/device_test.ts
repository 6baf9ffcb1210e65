import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { DevicePoint } from "../../../scoring/pipeline/mod.ts";
import {
  ALERT,
  apply,
  detectorsAt,
  emptyStore,
  LATENESS_MS,
  MINUTE_MS,
  minuteOf,
  NERVOUS,
  noiseOf,
  restarted,
  START,
} from "./world.ts";
import type { Stored } from "./world.ts";

/** One stretch of a device's life. */
interface Stretch {
  readonly minutes: number;
  readonly kind: "calm" | "shock" | "silent" | "partly";
}

const stretches: fc.Arbitrary<readonly Stretch[]> = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 25 }),
    kind: fc.constantFrom<Stretch["kind"]>("calm", "calm", "shock", "shock", "silent", "partly"),
  }),
  { minLength: 3, maxLength: 14 },
);

/** Points in order of event time; now and then a gap longer than any lookback. */
function pointsOf(life: readonly Stretch[], seed: number, longGap: boolean): DevicePoint[] {
  const noise = noiseOf(seed);
  const points: DevicePoint[] = [];
  let minute = 0;
  life.forEach(({ minutes, kind }, index) => {
    const end = minute + minutes;
    for (; minute < end; minute++) {
      const sent = minuteOf(minute, kind === "shock" ? 1 : 0, noise);
      if (kind === "partly") points.push(sent[minute % sent.length]);
      else if (kind !== "silent") points.push(...sent);
    }
    if (longGap && index === life.length >> 1) minute += 500;
  });
  return points;
}

/** Arrival order when each point is under way for less than the lateness allows. */
function delayed(points: readonly DevicePoint[], seed: number): DevicePoint[] {
  const random = noiseOf(seed);
  return points
    .map((point) => ({ point, arrival: point.at + (random() + 1) / 2 * (LATENESS_MS - 1) }))
    .sort((left, right) => left.arrival - right.arrival)
    .map(({ point }) => point);
}

/** Cuts into batches of these lengths, again and again. */
function batches<T>(items: readonly T[], lengths: readonly number[]): T[][] {
  const cut: T[][] = [];
  for (let from = 0, index = 0; from < items.length; index++) {
    const length = lengths[index % lengths.length];
    cut.push(items.slice(from, from + length));
    from += length;
  }
  return cut;
}

function folded(
  parts: readonly DevicePoint[][],
  restartsAfter: (part: number) => boolean,
  runners = detectorsAt(NERVOUS),
): Stored {
  const stored = emptyStore();
  let pipeline = restarted(stored, runners);
  parts.forEach((part, index) => {
    apply(stored, pipeline.fold(part));
    if (restartsAfter(index)) pipeline = restarted(stored, runners);
  });
  return stored;
}

/** All that is told, without the order in which points were stored. */
function told({ points, ...rest }: Stored) {
  const key = (point: typeof points[number]) => JSON.stringify(point);
  return { ...rest, points: points.map(key).sort() };
}

const lives = fc.record({
  life: stretches,
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  longGap: fc.boolean(),
});
const lengths = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 });

Deno.test("uncut and any split of the stream into batches give the same bits", () => {
  let anomalies = 0;
  fc.assert(
    fc.property(lives, lengths, ({ life, seed, longGap }, cuts) => {
      const points = delayed(pointsOf(life, seed, longGap), seed);
      if (points.length === 0) return;
      const uncut = folded([points], () => false);
      assertEquals(told(folded(batches(points, cuts), () => false)), told(uncut));
      anomalies += uncut.anomalies.length;
    }),
    { numRuns: 80 },
  );
  assert(anomalies > 500, `the streams must hold anomalies, found ${anomalies}`);
});

Deno.test("uncut and a restart after any batch give the same bits", () => {
  fc.assert(
    fc.property(
      lives,
      lengths,
      fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
      ({ life, seed, longGap }, cuts, restarts) => {
        const points = delayed(pointsOf(life, seed, longGap), seed);
        if (points.length === 0) return;
        const uncut = folded([points], () => false);
        const cut = folded(batches(points, cuts), (part) => restarts[part % restarts.length]);
        assertEquals(told(cut), told(uncut));
      },
    ),
    { numRuns: 80 },
  );
});

Deno.test("a restart changes nothing when points come late and the clock ticks", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant("fold") },
    { weight: 1, arbitrary: fc.constant("tick") },
  );
  fc.assert(
    fc.property(lives, fc.array(step, { minLength: 1, maxLength: 9 }), lengths, (
      { life, seed, longGap },
      steps,
      cuts,
    ) => {
      const random = noiseOf(seed);
      const points = pointsOf(life, seed, longGap)
        .map((point) => ({ point, arrival: point.at + random() * 4 * LATENESS_MS }))
        .sort((left, right) => left.arrival - right.arrival)
        .map(({ point }) => point);
      const parts = batches(points, cuts);
      const live = (restarts: boolean) => {
        const stored = emptyStore();
        const runners = detectorsAt(NERVOUS);
        let pipeline = restarted(stored, runners);
        let clock = START;
        parts.forEach((part, index) => {
          clock = Math.max(clock, ...part.map(({ at }) => at));
          apply(stored, pipeline.fold(part));
          if (restarts) pipeline = restarted(stored, runners);
          if (steps[index % steps.length] === "fold") return;
          clock += 23 * MINUTE_MS;
          apply(stored, pipeline.tick(clock));
          if (restarts) pipeline = restarted(stored, runners);
        });
        return stored;
      };
      assertEquals(live(true), live(false));
    }),
    { numRuns: 80 },
  );
});

Deno.test("an older bucket that comes second, but not late, is folded", () => {
  const points = life(["shock", 9], ["calm", 9]);
  const minutes = batches(points, [4]);
  const swapped = [minutes[1], minutes[0], ...minutes.slice(2)];
  const { anomalies, changes } = folded(swapped, never);
  assertEquals({ anomalies, changes }, pick(folded([points], never)));
  assert(changes.length > 0);
});

const pick = ({ anomalies, changes }: Stored) => ({ anomalies, changes });

Deno.test("scoring is causal: what comes later changes nothing that was told", () => {
  fc.assert(
    fc.property(lives, fc.double({ min: 0, max: 1, noNaN: true }), (
      { life, seed, longGap },
      share,
    ) => {
      const points = pointsOf(life, seed, longGap);
      const length = Math.floor(points.length * share);
      if (length === 0) return;
      const whole = folded([points.slice(0, length), points.slice(length)].filter(hasSome), never);
      const cut = folded([points.slice(0, length)], never);
      assertEquals(whole.anomalies.slice(0, cut.anomalies.length), cut.anomalies);
      assertEquals(whole.changes.slice(0, cut.changes.length), cut.changes);
    }),
    { numRuns: 40 },
  );
});

const never = () => false;
const hasSome = (part: readonly DevicePoint[]) => part.length > 0;

function life(...parts: readonly [Stretch["kind"], number][]): DevicePoint[] {
  return pointsOf(parts.map(([kind, minutes]) => ({ kind, minutes })), 1, false);
}

Deno.test("a shock opens an incident, which resolves and closes", () => {
  const parts = [life(["calm", 60], ["shock", 5], ["calm", 60])];
  const { changes, anomalies } = folded(parts, never, detectorsAt(ALERT));
  const shockAt = START + 60 * MINUTE_MS;
  const anomaly = anomalies.find(({ at, detectorId }) =>
    at === shockAt && detectorId === "detector-0"
  );
  assert(anomaly, "the first minute of the shock is anomalous");
  assertEquals([anomaly.topMetric, anomaly.kind], ["cpu", "RESOURCE"]);
  assert(anomaly.value > 60 && anomaly.expected < 50);
  assert(anomaly.verdict.score > anomaly.verdict.threshold && anomaly.verdict.severity !== null);
  const actions = changes.filter(({ incident }) => incident.id === anomaly.incidentId)
    .map(({ action }) => action);
  assertEquals([...new Set(actions)], [
    "CREATE",
    "CONFIRM",
    "CONTINUE",
    "RECOVER",
    "RESOLVE",
    "CLOSE",
  ]);
});

Deno.test("points are told ascending by metric and event time, late ones marked", () => {
  const pipeline = restarted(emptyStore());
  pipeline.fold([{ metric: "cpu", at: START + 10 * MINUTE_MS, value: 1 }]);
  const { points, watermark } = pipeline.fold([
    { metric: "memory", at: START + 12 * MINUTE_MS, value: 2 },
    { metric: "cpu", at: START + 11 * MINUTE_MS, value: 3 },
    { metric: "memory", at: START, value: 4 },
  ]);
  assertEquals(points, [
    { metricId: "m1", at: START + 11 * MINUTE_MS, value: 3, late: false },
    { metricId: "m2", at: START, value: 4, late: true },
    { metricId: "m2", at: START + 12 * MINUTE_MS, value: 2, late: false },
  ]);
  assertEquals(watermark, START + 12 * MINUTE_MS - LATENESS_MS);
});

Deno.test("a device without detectors keeps points and progress", () => {
  const pipeline = restarted(emptyStore(), []);
  assertEquals([pipeline.refoldFrom, pipeline.refoldMetrics], [null, []]);
  const effects = pipeline.fold([{ metric: "other", at: START, value: 1 }]);
  assertEquals(effects, {
    deviceId: "device",
    points: [{ metricId: "m0", at: START, value: 1, late: false }],
    watermark: START - LATENESS_MS,
    anomalies: [],
    incidentChanges: [],
  });
  assertEquals(pipeline.tick(START + 1e9), undefined);
});

Deno.test("a fold of nothing and of an unknown metric is refused and changes nothing", () => {
  const pipeline = restarted(emptyStore());
  assertThrows(() => pipeline.fold([]), RangeError, "none");
  const points = [{ metric: "cpu", at: START, value: 1 }, { metric: "odd", at: START, value: 1 }];
  assertThrows(() => pipeline.fold(points), RangeError, '"odd"');
  assertEquals(pipeline.watermark, null);
});

Deno.test("a tick closes the last bucket of a silent device once, and lets its incidents end", () => {
  const stored = folded([life(["calm", 60], ["shock", 10])], never, detectorsAt(ALERT));

  const pipeline = restarted(stored, detectorsAt(ALERT));
  const end = START + 70 * MINUTE_MS;
  assertEquals(pipeline.tick(end), undefined);
  apply(stored, pipeline.tick(end + 20 * MINUTE_MS));
  const states = () => [...stored.incidents.values()].map(({ state }) => state);
  assert(states().length > 0 && !states().includes("OPEN"));
  apply(stored, pipeline.tick(end + 200 * MINUTE_MS));
  assert(states().every((state) => state === "CLOSED"));
  assertEquals(pipeline.tick(end + 400 * MINUTE_MS), undefined);
});

Deno.test("buckets on a suppressed holiday are not judged", () => {
  const runners = detectorsAt(NERVOUS).map((one) => ({
    ...one,
    setting: {
      ...one.setting,
      calendar: { ...one.setting.calendar, holidays: { "2026-01-05": "suppress" as const } },
    },
  }));
  const { anomalies } = restarted(emptyStore(), runners)
    .fold(life(["calm", 60], ["shock", 10], ["calm", 20]));
  assertEquals(anomalies, []);
});
