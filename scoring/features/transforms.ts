import { cos, sin } from "../numeric/mod.ts";
import { minuteOfDayAt, weekdayAt, type ZoneTransitions } from "../time/mod.ts";
import { createHistory, type History } from "./history.ts";
import { createNovelty, NOVELTY_HISTORY_BUCKETS } from "./novelty.ts";
import type { Transform } from "./plan.ts";
import { createRollingWindow, type RollingWindow, type WindowStats } from "./rolling_window.ts";
import { openSeasonalMedian, type PlanSource, seasonalHistoryBuckets } from "./seasonal_median.ts";

/** Days that the residual of `seasonalNovelty` looks back. */
const SEASONAL_NOVELTY_DAYS = 3;
const FULL_CIRCLE = 2 * 3.141592653589793;
const MINUTES_PER_DAY = 1440;

/** Reads one feature of the bucket closed last, in f64; NaN where there is not enough history. */
export type FeatureReader = (bucket: number) => number;

/** Follows a metric bucket by bucket, silent ones included. */
export interface Follower {
  /** Takes the bucket that the history has just stored. */
  push(bucket: number, value: number): void;
  reset(): void;
}

/** What the features of one metric are read from. */
export interface MetricSource {
  readonly history: History;
  /** The metric's window of that many buckets, made on first demand. */
  rolling(size: number): RollingWindow;
  /** Adds a follower behind those that are there, so that it may read them. */
  follow(follower: Follower): void;
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
  rollingMean: rolling(1, meanOf),
  rollingStd: rolling(2, spreadOf),
  rollingMin: rolling(1, ({ min }) => min),
  rollingMax: rolling(1, ({ max }) => max),
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
    historyBuckets: seasonalHistoryBuckets,
    open: ({ history }, days, plan) => {
      const expected = openSeasonalMedian(history, days, plan);
      return (bucket) => history.at(bucket) - expected(bucket);
    },
  },
  levelNovelty: novelty(1, (metric, window) => openStatistic(metric.rolling(window), meanOf)),
  spreadNovelty: novelty(2, (metric, window) => openStatistic(metric.rolling(window), spreadOf)),
  seasonalNovelty: {
    ...novelty(1, openSeasonalLevel),
    historyBuckets: (window, bucketMs) =>
      NOVELTY_HISTORY_BUCKETS + window + seasonalHistoryBuckets(SEASONAL_NOVELTY_DAYS, bucketMs),
  },
  hourSin: calendar((zone, at) => sin(minuteOfDayAt(zone, at) * FULL_CIRCLE / MINUTES_PER_DAY)),
  hourCos: calendar((zone, at) => cos(minuteOfDayAt(zone, at) * FULL_CIRCLE / MINUTES_PER_DAY)),
  weekday: calendar(weekdayAt),
};

/** A window speaks when at least half of it is known. */
function isFilled(stats: Readonly<WindowStats>, window: number): boolean {
  return stats.count * 2 >= window;
}

function meanOf({ mean }: Readonly<WindowStats>): number {
  return mean;
}

/** Sample standard deviation; NaN of a single value. */
function spreadOf({ squares, count }: Readonly<WindowStats>): number {
  return count > 1 ? Math.sqrt(squares / (count - 1)) : NaN;
}

type Statistic = (stats: Readonly<WindowStats>) => number;

function openStatistic(window: RollingWindow, read: Statistic): FeatureReader {
  return () => isFilled(window.current, window.size) ? read(window.current) : NaN;
}

function rolling(windowMin: number, read: Statistic): TransformRule {
  return {
    of: "metric",
    windowMin,
    historyBuckets: (window) => window,
    open: (metric, window) => openStatistic(metric.rolling(window), read),
  };
}

/** The novelty of a level that is known for every bucket. */
function novelty(
  windowMin: number,
  openLevel: (metric: MetricSource, window: number, plan: PlanSource) => FeatureReader,
): TransformRule {
  return {
    of: "metric",
    windowMin,
    historyBuckets: (window) => NOVELTY_HISTORY_BUCKETS + window,
    open: (metric, window, plan) => {
      const level = openLevel(metric, window, plan);
      const own = createNovelty();
      metric.follow({ push: (bucket) => own.push(bucket, level(bucket)), reset: own.reset });
      return () => own.current;
    },
  };
}

/** Mean seasonal residual of a window; a value whose time of day is new is taken for the expected one. */
function openSeasonalLevel(metric: MetricSource, size: number, plan: PlanSource): FeatureReader {
  const expected = openSeasonalMedian(metric.history, SEASONAL_NOVELTY_DAYS, plan);
  const residuals = createHistory(size + 1);
  const window = createRollingWindow(size, residuals);
  metric.follow({
    push(bucket, value) {
      const residual = value - expected(bucket);
      const known = residual === residual || value !== value ? residual : 0;
      residuals.push(bucket, known);
      window.push(bucket, known);
    },
    reset() {
      residuals.reset();
      window.reset();
    },
  });
  return openStatistic(window, meanOf);
}

function calendar(read: (zone: ZoneTransitions, at: number) => number): TransformRule {
  return {
    of: "calendar",
    historyBuckets: () => 0,
    open: (_metric, _window, { zone, bucketMs }) => (bucket) => read(zone, bucket * bucketMs),
  };
}
