import type { Fitted } from "../algorithm/mod.ts";
import type { FeaturePlan } from "../features/mod.ts";
import type { Forest } from "../forest/mod.ts";
import type { Period } from "../time/mod.ts";

/** How the scores of a section's training rows lie, on the method's own scale. */
export interface ScoreDistribution {
  readonly rows: number;
  /** Scores of the training rows at the ranks of `TAIL_QUANTILES`, ascending. */
  readonly quantiles: readonly number[];
  /** Mean excess over the 98 % quantile, > 0. */
  readonly meanExcess: number;
}

/** Calibration of scores against the training rows of one section. */
export interface Calibration extends ScoreDistribution {
  /** anomalyScore past which a row is flagged, by the detector's threshold mode. */
  readonly threshold: number;
  /** anomalyScore at which an anomaly that lasts is over; at most the threshold. */
  readonly release: number;
  /** The worst anomalyScore; a forest's is that of a point with the shortest path in every tree. */
  readonly saturation: number;
  /** Per feature: median and median absolute deviation of the training rows. */
  readonly medians: readonly number[];
  readonly deviations: readonly number[];
}

/**
 * Training rows that make a section sure of itself. A period with fewer has none of its own and uses
 * `any`.
 */
export const PERIOD_ROWS_MIN = 128;

/** The part of a model for one period, or for `any`. */
export type ModelSection = ForestSection | MethodSection;

export interface ForestSection {
  readonly period: Period;
  readonly calibration: Calibration;
  readonly forest: Forest;
}

/** The one section of a model of another algorithm than a forest. */
export interface MethodSection {
  readonly period: Period;
  readonly calibration: Calibration;
  readonly method: Fitted;
}

/** Also true of a section whose forest is not decoded yet, which it leaves so. */
export function isForestSection(section: ModelSection): section is ForestSection {
  return "forest" in section;
}

export interface ModelProvenance {
  /** Name of the algorithm. */
  readonly algorithm: string;
  /** All of the algorithm's parameters, by name. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly seed: number;
  /** Event times of the first and last training bucket. */
  readonly trainedFrom: number;
  readonly trainedUntil: number;
  readonly rows: number;
  readonly thresholdMode: ThresholdMode;
  readonly contamination: number;
  readonly pagesPerWeek: number;
}

/**
 * AUTO: the method's own threshold, else the score whose calibrated tail is 0.001. CONTAMINATION: the
 * training quantile. TUNED: the best against labelled times. BUDGET: so many pages a week.
 */
export type ThresholdMode = "AUTO" | "CONTAMINATION" | "TUNED" | "BUDGET";

/** All that a bundle says, decoded: one fitted, immutable version of a detector for one entity. */
export interface Model {
  readonly detectorId: string;
  readonly entityId: string;
  readonly plan: FeaturePlan;
  readonly provenance: ModelProvenance;
  /** The first is always `any`. */
  readonly sections: readonly ModelSection[];
}
