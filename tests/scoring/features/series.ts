import type { FeatureSpec, FeatureVector, Sample } from "../../../scoring/features/mod.ts";
import { foldSeries } from "../../../scoring/features/mod.ts";
import { UTC, type ZoneTransitions } from "../../../scoring/time/mod.ts";

export const HOUR_MS = 3_600_000;

/** One value an hour from the epoch on; `undefined` is an hour without a point. */
export function hourly(values: readonly (number | undefined)[], metric = 0): Sample[] {
  return values.flatMap((value, hour) =>
    value === undefined ? [] : [{ metric, at: hour * HOUR_MS, value }]
  );
}

/** A day's wave with noise that does not repeat, the same at every run. */
export function wave(hours: number): number[] {
  let state = 7;
  return Array.from({ length: hours }, (_, hour) => {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    return 50 + 30 * Math.abs(hour % 24 - 12) / 12 + (state >>> 8) / 2 ** 24;
  });
}

export interface FeatureOptions {
  readonly kind?: "gauge" | "counter";
  readonly zone?: ZoneTransitions;
}

/** Vectors of hourly buckets of one metric, `cpu`. */
export function foldHourly(
  features: readonly Omit<FeatureSpec, "metric">[],
  samples: readonly Sample[],
  { kind = "gauge", zone = UTC }: FeatureOptions = {},
): FeatureVector[] {
  const plan = {
    bucketMs: HOUR_MS,
    metrics: [{ name: "cpu", kind }],
    features: features.map((spec) => ({ metric: "cpu", ...spec })),
  };
  return foldSeries(plan, zone, samples);
}

/** One feature of an hourly metric, bucket by bucket. */
export function featureOf(
  spec: Omit<FeatureSpec, "metric">,
  samples: readonly Sample[],
  options?: FeatureOptions,
): number[] {
  return foldHourly([spec], samples, options).map(({ values }) => values[0]);
}
