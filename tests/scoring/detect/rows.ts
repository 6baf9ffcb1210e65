import { fitModel } from "../../../scoring/detect/mod.ts";
import type { Model, ModelFitOptions } from "../../../scoring/detect/mod.ts";
import type { FeaturePlan, FeatureVector } from "../../../scoring/features/mod.ts";
import { createRandom } from "../../../scoring/numeric/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../../scoring/time/mod.ts";

export const HOUR_MS = 3_600_000;
/** A Monday, 00:00 UTC. */
export const MONDAY = Date.UTC(2026, 0, 5);

export const PLAN: FeaturePlan = {
  bucketMs: HOUR_MS,
  metrics: [{ name: "cpu", kind: "gauge" }, { name: "disk", kind: "gauge" }],
  features: [
    { metric: "cpu", transform: "value" },
    { metric: "cpu", transform: "residual", window: 3 },
    { metric: "disk", transform: "value" },
    { metric: "", transform: "hourSin" },
  ],
};

export function vectorAt(bucketAt: number, values: readonly number[]): FeatureVector {
  const row = Float32Array.from(values);
  return { bucketAt, values: row, complete: !row.some(Number.isNaN), silent: false };
}

/** Calm hours from Monday on: each feature within ±1 of 10, 0, 50 and 0. */
export function calmHours(count: number, seed = 1): FeatureVector[] {
  const random = createRandom(seed);
  const noise = () => random.nextFloat() + random.nextFloat() - 1;
  return Array.from(
    { length: count },
    (_, hour) => vectorAt(MONDAY + hour * HOUR_MS, [10 + noise(), noise(), 50 + noise(), noise()]),
  );
}

export function fitted(
  vectors: readonly FeatureVector[],
  more: Partial<ModelFitOptions> = {},
): Model {
  return fitModel(fitOptions(vectors, more));
}

export function fitOptions(
  vectors: readonly FeatureVector[],
  more: Partial<ModelFitOptions> = {},
): ModelFitOptions {
  return {
    detectorId: "detector",
    entityId: "device",
    plan: PLAN,
    calendar: SMARTBOX_CALENDAR,
    zone: UTC,
    vectors,
    seed: 11,
    ...more,
  };
}
