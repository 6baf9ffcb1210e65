import type { BaselineStats } from "../detect/baseline.ts";
import { ascending, type Sketch, sketchQuantile, type SketchStep } from "./sketch.ts";

/**
 * Baseline of the values in a sketch, for series whose points stay elsewhere: count, mean and ends
 * are exact but for rounding, quantiles within 1 % of their value, and the median absolute deviation
 * within 1 % of the magnitude of the values that it lies between.
 *
 * @throws {RangeError} when the sketch is empty.
 */
export function sketchBaseline(sketch: Sketch): BaselineStats {
  const { count, mean, min, max } = sketch;
  const median = sketchQuantile(sketch, 0.5);
  const at = (q: number) => sketchQuantile(sketch, q);
  return {
    count,
    median,
    mad: medianDeviation([...ascending(sketch)], median, count),
    mean,
    min,
    max,
    quantiles: {
      p01: at(0.01),
      p05: at(0.05),
      p25: at(0.25),
      p75: at(0.75),
      p95: at(0.95),
      p99: at(0.99),
    },
  };
}

/** The deviation of which half of the values lie at or below. */
function medianDeviation(steps: readonly SketchStep[], median: number, count: number): number {
  const deviations = steps.map(({ value, values }) => ({
    deviation: Math.min(Math.abs(value - median), Number.MAX_VALUE),
    values,
  })).sort((left, right) => left.deviation - right.deviation);
  let seen = 0;
  for (const { deviation, values } of deviations) {
    seen += values;
    if (seen > Math.floor((count - 1) / 2)) return deviation;
  }
  return 0;
}
