import { cos, sin } from "../numeric/mod.ts";
import { minuteOfDayAt, offsetMinutesAt, weekdayAt, type ZoneTransitions } from "../time/mod.ts";
import type { History } from "./history.ts";
import type { Transform } from "./plan.ts";
import type { RollingWindow, WindowStats } from "./rolling_window.ts";

const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
/** Clocks are set by less; a zone that skips a whole day keeps its time of day. */
const CLOCK_CHANGE_MAX_MS = 3 * 60 * MINUTE_MS;
const FULL_CIRCLE = 2 * 3.141592653589793;
const MINUTES_PER_DAY = 1440;

/** Reads one feature of the bucket closed last, in f64; NaN where there is not enough history. */
export type FeatureReader = (bucket: number) => number;

/** What the features of one metric are read from. */
export interface MetricSource {
  readonly history: History;
  /** The metric's window of that many buckets, made on first demand. */
  rolling(size: number): RollingWindow;
}

/** What all features of a plan share. */
export interface PlanSource {
  readonly bucketMs: number;
  readonly zone: ZoneTransitions;
}

/** One way to make a feature. */
interface TransformRule {
  readonly of: "metric" | "calendar";
  /** Smallest window allowed; without it the transform takes none. */
  readonly windowMin?: number;
  /** Buckets before the one read whose values the feature depends on. */
  historyBuckets(window: number, bucketMs: number): number;
  open(metric: MetricSource, window: number, plan: PlanSource): FeatureReader;
}

/** Every transform that a plan may name. */
export const TRANSFORMS: Readonly<Record<Transform, TransformRule>> = {
  value: {
    of: "metric",
    historyBuckets: () => 0,
    open: ({ history }) => (bucket) => history.at(bucket),
  },
  delta: {
    of: "metric",
    windowMin: 1,
    historyBuckets: (window) => window,
    open: ({ history }, window) => (bucket) => history.at(bucket) - history.at(bucket - window),
  },
  lag: {
    of: "metric",
    windowMin: 1,
    historyBuckets: (window) => window,
    open: ({ history }, window) => (bucket) => history.at(bucket - window),
  },
  rollingMean: rolling(1, (stats) => stats.mean),
  rollingStd: rolling(2, (stats) => Math.sqrt(stats.squares / (stats.count - 1))),
  rollingMin: rolling(1, (stats) => stats.min),
  rollingMax: rolling(1, (stats) => stats.max),
  residual: {
    of: "metric",
    windowMin: 1,
    historyBuckets: (window) => window,
    open: ({ history, rolling }, window) => {
      const values = rolling(window);
      return (bucket) =>
        isFilled(values.before, window) ? history.at(bucket) - values.before.mean : NaN;
    },
  },
  seasonalResidual: {
    of: "metric",
    windowMin: 1,
    historyBuckets: (days, bucketMs) =>
      Math.floor((days * DAY_MS + CLOCK_CHANGE_MAX_MS) / bucketMs) + 1,
    open: ({ history }, days, plan) => {
      const expected = openSeasonalMedian(history, days, plan);
      return (bucket) => history.at(bucket) - expected(bucket);
    },
  },
  hourSin: calendar((zone, at) => sin(minuteOfDayAt(zone, at) * FULL_CIRCLE / MINUTES_PER_DAY)),
  hourCos: calendar((zone, at) => cos(minuteOfDayAt(zone, at) * FULL_CIRCLE / MINUTES_PER_DAY)),
  weekday: calendar(weekdayAt),
};

/** A window speaks when at least half of it is known. */
function isFilled(stats: Readonly<WindowStats>, window: number): boolean {
  return stats.count * 2 >= window;
}

function rolling(
  countMin: number,
  read: (stats: Readonly<WindowStats>) => number,
): TransformRule {
  return {
    of: "metric",
    windowMin: countMin,
    historyBuckets: (window) => window,
    open: ({ rolling }, window) => {
      const values = rolling(window);
      return () =>
        values.current.count >= countMin && isFilled(values.current, window)
          ? read(values.current)
          : NaN;
    },
  };
}

function calendar(read: (zone: ZoneTransitions, at: number) => number): TransformRule {
  return {
    of: "calendar",
    historyBuckets: () => 0,
    open: (_metric, _window, { zone, bucketMs }) => (bucket) => read(zone, bucket * bucketMs),
  };
}

/** Median of the values at the same local time of the days before; NaN when none is known. */
function openSeasonalMedian(
  history: History,
  days: number,
  { bucketMs, zone }: PlanSource,
): FeatureReader {
  const known = new Float64Array(days);
  return (bucket) => {
    const at = bucket * bucketMs;
    const offset = offsetMinutesAt(zone, at);
    let count = 0;
    for (let day = 1; day <= days; day++) {
      const then = at - day * DAY_MS;
      const value = history.at(
        Math.floor((then + clockChange(offset, offsetMinutesAt(zone, then))) / bucketMs),
      );
      if (value === value) count = insertSorted(known, count, value);
    }
    if (count === 0) return NaN;
    const half = count >> 1;
    return (count & 1) === 1 ? known[half] : (known[half - 1] + known[half]) / 2;
  };
}

function clockChange(now: number, then: number): number {
  const change = (now - then) * MINUTE_MS;
  return Math.abs(change) <= CLOCK_CHANGE_MAX_MS ? change : 0;
}

function insertSorted(sorted: Float64Array, count: number, value: number): number {
  let index = count;
  while (index > 0 && sorted[index - 1] > value) {
    sorted[index] = sorted[index - 1];
    index--;
  }
  sorted[index] = value;
  return count + 1;
}
