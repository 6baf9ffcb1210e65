import type { Period } from "../../time/mod.ts";

export type Severity = "LOW" | "MEDIUM" | "HIGH" | "CRITICAL";
export type SeverityProfile = "smartbox" | "phase3";

/** What one feature adds to a verdict. */
export interface Contribution {
  /** Name of the feature, `metric.transform` or `metric.transform(window)`. */
  readonly feature: string;
  readonly metric: string;
  readonly value: number;
  /** What the method expected, else the feature's median in the training rows of the section used. */
  readonly expected: number;
  /**
   * Path length that the feature takes away, in edges: positive makes the row more anomalous.
   * Σ pathLength = the forest's expected path length − the row's mean path length. 0 by methods that
   * have no paths.
   */
  readonly pathLength: number;
  /** Share of all positive contributions, 0 to 1. */
  readonly share: number;
}

/** The answer for one feature vector. */
export interface Verdict {
  /** anomalyScore of Liu, Ting and Zhou 2008, or of another method, in (0, 1], higher is worse. */
  readonly score: number;
  /** In force for this row: while an anomaly lasts, the score at which it is over. */
  readonly threshold: number;
  /** score > threshold. */
  readonly isAnomaly: boolean;
  /** Only flagged vectors have one. */
  readonly severity: Severity | null;
  /** Calibrated probability of a training row scoring as high, in [2⁻¹⁰⁰, 1]. */
  readonly tail: number;
  /** 1 − tail, lowered when the model borrows a section or has seen few rows; 0 to 1. */
  readonly confidence: number;
  /** Period of the instant judged. */
  readonly period: Period;
  /** Period of the section that judged it. */
  readonly modelPeriod: Period;
  /** Largest first; empty unless asked for or flagged. */
  readonly contributions: readonly Contribution[];
  readonly modelId: string;
  readonly settingVersion: number;
}
