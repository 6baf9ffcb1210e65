/** What counts as drift. */
export interface DriftPolicy {
  /**
   * Distance of Kolmogorov and Smirnov from which a difference matters, in (0, 1): an effect size, so
   * less is more sensitive.
   */
  readonly distanceMin: number;
  /** Buckets of a window; a quarter of a day, at least 48, where not given. */
  readonly windowBuckets?: number;
}

export const DEFAULT_DRIFT_POLICY: DriftPolicy = { distanceMin: 0.1 };

/** Policies that are known by a name. */
export const DRIFT_PRESETS: Readonly<Record<string, DriftPolicy>> = {
  standard: DEFAULT_DRIFT_POLICY,
  sensitive: { distanceMin: 0.05, windowBuckets: 500 },
};

/** A window of fewer rows tells too little of a distribution. */
export const WINDOW_BUCKETS_MIN = 48;

const QUARTER_DAY_MS = 21_600_000;

/** Width of a window, ms. Windows begin at multiples of it since the epoch. */
export function driftWindowMs({ windowBuckets }: DriftPolicy, bucketMs: number): number {
  const usual = Math.max(WINDOW_BUCKETS_MIN, Math.floor(QUARTER_DAY_MS / bucketMs));
  return (windowBuckets ?? usual) * bucketMs;
}
