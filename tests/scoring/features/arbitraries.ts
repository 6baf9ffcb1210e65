import fc from "fast-check";
import type { FeaturePlan, FeatureSpec, Sample } from "../../../scoring/features/mod.ts";
import { zoneTransitions } from "../../../scoring/time/mod.ts";

const HOUR_MS = 3_600_000;

/** Two metrics in ten-minute buckets, every transform, windows that fit each other badly. */
export const PLAN: FeaturePlan = {
  bucketMs: 600_000,
  metrics: [{ name: "cpu", kind: "gauge" }, { name: "requests", kind: "counter" }],
  features: [
    ...["cpu", "requests"].flatMap((metric): FeatureSpec[] => [
      { metric, transform: "value" },
      { metric, transform: "delta" },
      { metric, transform: "delta", window: 5 },
      { metric, transform: "lag", window: 2 },
      { metric, transform: "rollingMean", window: 7 },
      { metric, transform: "rollingStd", window: 7 },
      { metric, transform: "rollingMin", window: 3 },
      { metric, transform: "rollingMax", window: 16 },
      { metric, transform: "residual", window: 12 },
      { metric, transform: "seasonalResidual", window: 2 },
      { metric, transform: "levelNovelty", window: 1 },
      { metric, transform: "spreadNovelty", window: 7 },
      { metric, transform: "seasonalNovelty", window: 5 },
    ]),
    { metric: "", transform: "hourSin" },
    { metric: "", transform: "hourCos" },
    { metric: "", transform: "weekday" },
  ],
};

/** Berlin around the night of March 2024 in which its clocks are set. */
export const ZONE = zoneTransitions(
  "Europe/Berlin",
  Date.parse("2024-01-01T00:00Z"),
  Date.parse("2025-01-01T00:00Z"),
);
const START = Date.parse("2024-03-29T00:00Z");

const VALUE = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -100, max: 1000, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 5e-324, 1e300, -1e300) },
);

/** How far the next sample lies ahead: mostly near, at times a gap of hours, seldom of days. */
const STEP = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 1, max: 900_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 12 * HOUR_MS }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 120 * HOUR_MS }) },
);

/** Samples ascending by event time. */
export const samples: fc.Arbitrary<Sample[]> = fc
  .array(fc.record({ metric: fc.nat(1), step: STEP, value: VALUE }), {
    minLength: 1,
    maxLength: 400,
    size: "max",
  })
  .map((steps) => {
    let at = START;
    return steps.map(({ metric, step, value }) => ({ metric, at: at += step, value }));
  });
