import { assert, assertEquals } from "@std/assert";
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
  noiseOf,
  restarted,
  START,
  type Stored,
} from "./world.ts";

const SECOND_MS = 1_000;
const RUNNERS = detectorsAt(ALERT);
const METRICS = ["cpu", "memory", "requests"];

/** Minutes of all metrics, a shock among them. */
function minutesOf(from: number, until: number): DevicePoint[] {
  const noise = noiseOf(from);
  return Array.from({ length: until - from }, (_, i) => {
    const minute = from + i;
    return minuteOf(minute, minute >= 64 && minute < 67 ? 1 : 0, noise);
  }).flat();
}

const BEFORE = minutesOf(0, 60);
const BACKLOG = minutesOf(60, 70);
const AFTER = minutesOf(70, 90);

function anomalies({ anomalies }: Stored) {
  return anomalies.map(({ detectorId, at, verdict }) => ({ detectorId, at, verdict }));
}

function late({ points }: Stored): number {
  return points.filter((point) => point.late).length;
}

/** A live tenant's device, told in the order of event time. */
function uninterrupted(): Stored {
  const stored = emptyStore();
  apply(stored, restarted(stored, RUNNERS).fold([...BEFORE, ...BACKLOG, ...AFTER]));
  return stored;
}

Deno.test("the backlog of a sender with a shard a metric is judged, in whatever order shards come", () => {
  const expected = anomalies(uninterrupted());
  assert(expected.some(({ at }) => at >= START + 64 * MINUTE_MS));
  const turns = fc.array(
    fc.record({ shard: fc.nat(2), size: fc.integer({ min: 1, max: 40 }), tick: fc.boolean() }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(turns, fc.boolean(), fc.boolean(), (order, restarts, isKilled) => {
      const stored = emptyStore();
      let pipeline = restarted(stored, RUNNERS);
      let wall = START + 60 * MINUTE_MS;
      const tick = (silentMs: number) => {
        const clock = (pipeline.newestAt ?? -Infinity) + silentMs;
        apply(stored, pipeline.tick(clock) ?? pipeline.release(wall));
      };
      apply(stored, pipeline.fold(BEFORE, wall));
      for (let silent = 1; silent <= 600; silent++) {
        wall += SECOND_MS;
        tick(silent * SECOND_MS);
      }
      if (isKilled) pipeline = restarted(stored, RUNNERS);
      const shards = METRICS.map((name) => BACKLOG.filter(({ metric }) => metric === name));
      const rest = METRICS.map((_, shard) => ({ shard, size: Infinity, tick: true }));
      for (const { shard, size, tick: ticks } of [...order, ...rest]) {
        const points = shards[shard].splice(0, size);
        if (points.length === 0) continue;
        wall += SECOND_MS;
        apply(stored, pipeline.fold(points, wall));
        if (restarts) pipeline = restarted(stored, RUNNERS);
        else if (ticks) tick(0);
      }
      apply(stored, pipeline.fold(AFTER, wall + SECOND_MS));
      assertEquals(late(stored), 0);
      assertEquals(anomalies(stored), expected);
    }),
    { numRuns: 60 },
  );
});

Deno.test("without a wall clock, as in replay, only data moves the watermark", () => {
  const stored = emptyStore();
  const pipeline = restarted(stored, RUNNERS);
  apply(stored, pipeline.fold(BEFORE));
  apply(stored, pipeline.fold(BACKLOG.filter(({ metric }) => metric === "cpu")));
  assertEquals(stored.watermark, START + 69 * MINUTE_MS - LATENESS_MS);
  apply(stored, pipeline.fold(BACKLOG.filter(({ metric }) => metric === "memory")));
  assert(late(stored) > 0);
});

Deno.test("a metric that stays away is waited for half a minute, and not again while others speak", () => {
  const stored = emptyStore();
  const pipeline = restarted(stored, RUNNERS);
  let wall = START + 60 * MINUTE_MS;
  apply(stored, pipeline.fold(BEFORE, wall));
  const held: number[] = [];
  for (let second = 10; second <= 1_200; second += 10) {
    wall += 10 * SECOND_MS;
    const at = START + 59 * MINUTE_MS + second * SECOND_MS;
    apply(stored, pipeline.fold([{ metric: "cpu", at, value: 30 }], wall));
    apply(stored, pipeline.release(wall));
    held.push(at - LATENESS_MS - stored.watermark!);
  }
  assert(Math.max(...held) <= 30 * SECOND_MS, String(held));
  assertEquals(held.slice(-60).filter((ms) => ms > 0), []);
});

Deno.test("silence closes the newest bucket and ages incidents, and what follows is not late", () => {
  const stored = emptyStore();
  const pipeline = restarted(stored, RUNNERS);
  apply(stored, pipeline.fold(minutesOf(0, 69)));
  assert([...stored.incidents.values()].some(({ state }) => state !== "CLOSED"));
  const newest = pipeline.newestAt ?? 0;
  apply(stored, pipeline.tick(newest + 600 * MINUTE_MS));
  assert([...stored.incidents.values()].every(({ state }) => state === "CLOSED"));
  assert(stored.watermark! <= newest + 10 * MINUTE_MS, "the end of the widest bucket");
  apply(stored, pipeline.fold(minutesOf(80, 90)));
  assertEquals(late(stored), 0);
});

Deno.test("a metric that no detector reads is never late: who comes to read it folds it", () => {
  const stored = emptyStore();
  const pipeline = restarted(stored, RUNNERS);
  apply(stored, pipeline.fold(BEFORE));
  const old = { at: START - MINUTE_MS, value: 1 };
  apply(stored, pipeline.fold([{ metric: "other", ...old }, { metric: "cpu", ...old }]));
  assertEquals(
    stored.points.slice(-2).map(({ metricId, late }) => [metricId, late]),
    [["m0", false], ["m1", true]],
  );
});
