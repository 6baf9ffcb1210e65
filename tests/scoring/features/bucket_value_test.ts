import { assertEquals } from "@std/assert";
import type { Sample } from "../../../scoring/features/mod.ts";
import { createFeatureEvaluator, foldSeries } from "../../../scoring/features/mod.ts";
import { UTC } from "../../../scoring/time/mod.ts";
import { featureOf, HOUR_MS, hourly } from "./series.ts";

const VALUE = { transform: "value" } as const;
const COUNTER = { kind: "counter" } as const;

/** Readings as [minute, value]. */
function readings(...list: (readonly [number, number])[]): Sample[] {
  return list.map(([minute, value]) => ({ metric: 0, at: minute * 60_000, value }));
}

Deno.test("a gauge's value is the mean of its bucket's points", () => {
  assertEquals(featureOf(VALUE, readings([0, 1], [10, 2], [59, 6], [60, 5])), [3, 5]);
});

for (
  const [title, samples, expected] of [
    ["increase per second between readings", readings([0, 0], [60, 3600]), [NaN, 1]],
    ["all readings of a bucket", readings([0, 0], [30, 1800], [59, 3540]), [1]],
    ["a reset as a start from zero", readings([0, 5000], [60, 360]), [NaN, 0.1]],
    ["a reset inside a bucket", readings([0, 100], [30, 1900], [40, 0], [59, 1140]), [2940 / 3540]],
    ["no negative rate after a reset below zero", readings([0, 5], [60, -7]), [NaN, 0]],
    ["a constant counter as 0", readings([0, 7], [60, 7], [120, 7]), [NaN, 0, 0]],
    ["the last reading across two absent buckets", readings([0, 0], [180, 10800]), [
      NaN,
      NaN,
      NaN,
      1,
    ]],
    ["nothing across three absent buckets", readings([0, 0], [240, 14400], [270, 16200]), [
      NaN,
      NaN,
      NaN,
      NaN,
      1,
    ]],
    ["two readings of one instant as none", readings([0, 1], [0, 2]), [NaN]],
  ] as const
) {
  Deno.test(`R23: a counter's rate counts ${title}`, () => {
    assertEquals(featureOf(VALUE, samples, COUNTER), expected.map(Math.fround));
  });
}

/** Two gauges of which the second is absent at times. */
function foldTwo(second: readonly (number | undefined)[]) {
  const plan = {
    bucketMs: HOUR_MS,
    metrics: [{ name: "a", kind: "gauge" as const }, { name: "b", kind: "gauge" as const }],
    features: [{ metric: "b", transform: "value" as const }],
  };
  const first = hourly(second.map(() => 1));
  return foldSeries(plan, UTC, [...first, ...hourly(second, 1)]);
}

Deno.test("an absent metric carries its last value for two buckets, then the vector is incomplete", () => {
  const vectors = foldTwo([4, undefined, undefined, undefined, 5]);
  assertEquals(vectors.map(({ values }) => values[0]), [4, 4, 4, NaN, 5]);
  assertEquals(vectors.map(({ complete }) => complete), [true, true, true, false, true]);
});

Deno.test("a bucket without any point is silent, and all its features are NaN", () => {
  const plan = {
    bucketMs: HOUR_MS,
    metrics: [{ name: "a", kind: "gauge" as const }],
    features: [{ metric: "a", transform: "value" as const }, {
      metric: "",
      transform: "weekday" as const,
    }],
  };
  const vectors = foldSeries(plan, UTC, hourly([1, undefined, 2]));
  assertEquals(vectors.map(({ silent }) => silent), [false, true, false]);
  assertEquals([...vectors[1].values], [NaN, NaN]);
  assertEquals(vectors[1].complete, false);
});

Deno.test("a gap longer than the lookback is told that far and then skipped", () => {
  const plan = {
    bucketMs: HOUR_MS,
    metrics: [{ name: "a", kind: "gauge" as const }],
    features: [{ metric: "a", transform: "delta" as const }],
  };
  const evaluator = createFeatureEvaluator(plan, UTC);
  assertEquals(evaluator.lookbackBuckets, 64);
  evaluator.add({ metric: 0, at: 0, value: 1 });
  assertEquals(evaluator.advance(40 * HOUR_MS).length, 40);
  assertEquals(evaluator.advance(1e6 * HOUR_MS).length, 25);
  evaluator.add({ metric: 0, at: 1e6 * HOUR_MS, value: 2 });
  const [vector, ...rest] = evaluator.advance((1e6 + 1) * HOUR_MS);
  assertEquals([vector.bucketAt, vector.complete, rest.length], [1e6 * HOUR_MS, false, 0]);
});

Deno.test("a watermark that goes back or is no number closes nothing", () => {
  const evaluator = createFeatureEvaluator(
    {
      bucketMs: HOUR_MS,
      metrics: [{ name: "a", kind: "gauge" }],
      features: [{ metric: "a", transform: "value" }],
    },
    UTC,
  );
  evaluator.add({ metric: 0, at: 5 * HOUR_MS, value: 1 });
  assertEquals(evaluator.advance(6 * HOUR_MS).length, 1);
  assertEquals(evaluator.advance(2 * HOUR_MS), []);
  assertEquals(evaluator.advance(NaN), []);
  evaluator.add({ metric: 0, at: 5 * HOUR_MS, value: 9 });
  evaluator.add({ metric: 0, at: 6 * HOUR_MS, value: 2 });
  assertEquals(evaluator.advance(7 * HOUR_MS).map(({ values }) => values[0]), [2]);
});

Deno.test("values beyond the range of f32 become its end", () => {
  const end = Math.fround(3.4028234663852886e38);
  const samples = hourly([1e300, -1e300, 1e300, 1e300, 5e-324]);
  assertEquals(featureOf(VALUE, samples), [end, -end, end, end, 0]);
  assertEquals(featureOf({ transform: "rollingStd", window: 2 }, samples)[4], end);
});

Deno.test("buckets before 1970 are as good as any", () => {
  const at = -1000 * HOUR_MS;
  const samples = hourly([1, 3, 2, 5]).map((sample) => ({ ...sample, at: sample.at + at }));
  assertEquals(featureOf({ transform: "rollingMax", window: 2 }, samples), [1, 3, 3, 5]);
});
