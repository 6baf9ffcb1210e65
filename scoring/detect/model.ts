import type { FeaturePlan } from "../features/mod.ts";
import type { Forest } from "../forest/mod.ts";
import type { Period } from "../time/mod.ts";

/** Calibration of raw scores against the training rows of one section. */
export interface Calibration {
  readonly rows: number;
  /** Scores of the training rows at the ranks of `TAIL_QUANTILES`, ascending. */
  readonly quantiles: readonly number[];
  /** Mean excess over the 98 % quantile, > 0. */
  readonly meanExcess: number;
  /** Threshold fitted by the detector's threshold mode. */
  readonly threshold: number;
  /** Score of a point that takes the shortest path in every tree. */
  readonly saturation: number;
  /** Per feature: median and median absolute deviation of the training rows. */
  readonly medians: readonly number[];
  readonly deviations: readonly number[];
}

/** The part of a model for one period, or for `any`. */
export interface ModelSection {
  readonly period: Period;
  readonly calibration: Calibration;
  readonly forest: Forest;
}

export interface ModelProvenance {
  readonly algorithm: "isolation_forest";
  readonly treeCount: number;
  readonly subsampleSize: number;
  readonly seed: number;
  /** Event times of the first and last training bucket. */
  readonly trainedFrom: number;
  readonly trainedUntil: number;
  readonly rows: number;
  readonly thresholdMode: ThresholdMode;
  readonly contamination: number;
}

/** AUTO: the score whose calibrated tail is 0.001. CONTAMINATION: the training quantile. */
export type ThresholdMode = "AUTO" | "CONTAMINATION";

/** All that a bundle says, decoded: one fitted, immutable version of a detector for one entity. */
export interface Model {
  readonly detectorId: string;
  readonly entityId: string;
  readonly plan: FeaturePlan;
  readonly provenance: ModelProvenance;
  /** The first is always `any`. */
  readonly sections: readonly ModelSection[];
}
