import type { FeaturePlan, FeatureVector } from "../../features/mod.ts";
import type { PeriodCalendar, ZoneTransitions } from "../../time/mod.ts";
import type { ModelSection, ThresholdMode } from "../model.ts";

/** Event times from `from` until before `until`, ms. */
export interface TimeRange {
  readonly from: number;
  readonly until: number;
}

/** How a threshold is put. */
export interface ThresholdRule {
  readonly thresholdMode: ThresholdMode;
  readonly contamination: number;
  readonly pagesPerWeek: number;
}

/** What an algorithm is fitted to, once checked. */
export interface FitTask {
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly plan: FeaturePlan;
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
  readonly rule: ThresholdRule;
  /** In order of time. */
  readonly vectors: readonly FeatureVector[];
  readonly labels: readonly TimeRange[];
  /** False for vectors of excluded or suppressed times. */
  isLearnt(vector: FeatureVector): boolean;
}

/** What fitting an algorithm gives. */
export interface FitResult {
  readonly sections: readonly ModelSection[];
  /** All of them, defaults included. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Buckets that the algorithm remembers. */
  readonly memoryBuckets: number;
  /** Vectors that were learnt. */
  readonly learnt: readonly FeatureVector[];
}
