/**
 * How one feature is made of a metric's buckets. All windows are finite and counted in buckets, so
 * that an evaluator folded again from stored points gives the same bits as one never interrupted.
 */
export type Transform =
  | "value"
  | "delta"
  | "lag"
  | "rollingMean"
  | "rollingStd"
  | "rollingMin"
  | "rollingMax"
  /** value − rolling mean of the window before it. */
  | "residual"
  /** value − median of the same time of day over the last `window` days. */
  | "seasonalResidual"
  /**
   * How unlike anything of the last 1,072 buckets but the newest 48 the mean of the window is: its
   * distance to the nearest mean known over the range of all, 0 to 10.
   */
  | "levelNovelty"
  /** The same of the window's standard deviation. */
  | "spreadNovelty"
  /** The same of the window's mean residual against the same time of day over the last 3 days. */
  | "seasonalNovelty"
  /** Local hour of day as a point on the circle; `metric` is unused. */
  | "hourSin"
  | "hourCos"
  /** ISO day of the local week, 1 to 7. */
  | "weekday";

export interface FeatureSpec {
  /** Name of a metric of the detector; empty for calendar features. */
  readonly metric: string;
  readonly transform: Transform;
  /** Buckets (days for `seasonalResidual`); 1 where a transform needs none. */
  readonly window?: number;
}

/** What turns a device's points into feature vectors; part of every model, so data and not code. */
export interface FeaturePlan {
  /** Width of a bucket in ms; buckets start at multiples of it since the epoch. */
  readonly bucketMs: number;
  readonly metrics: readonly PlannedMetric[];
  readonly features: readonly FeatureSpec[];
  /** Buckets before one that what judges its vector remembers; 0 where it judges each by itself. */
  readonly memoryBuckets?: number;
}

export interface PlannedMetric {
  readonly name: string;
  /** Counters become rates per second before they are features (reset handling, R23). */
  readonly kind: "gauge" | "counter";
}
