import type { AlertLevels, Fitted } from "../../scoring/algorithm/mod.ts";
import { anomalyScoreOf, CONTAMINATION_DEFAULT, fitCalibration } from "../../scoring/detect/mod.ts";
import type { Matrix } from "../../scoring/forest/mod.ts";
import { UsageError } from "../kit/mod.ts";
import { counted } from "./words.ts";

/** What a method's own scores mean: scores in [0, 1], and between which of them an alert is on. */
export interface JudgedScale extends AlertLevels {
  /** The score from which all are alike the worst. */
  readonly saturation: number;
  /** How the threshold was found, as the rest of a sentence. */
  readonly told: string;
  /** Median of each training column. */
  readonly medians: readonly number[];
  scoreOf(raw: number): number;
}

export interface ScaleOptions {
  /** Score in (0, 1). */
  readonly threshold: number | undefined;
  readonly contamination: number | undefined;
}

/** @throws {UsageError} when no training row was scored. */
export function fitScale(
  fitted: Fitted,
  rows: Matrix,
  { threshold, contamination }: ScaleOptions,
): JudgedScale {
  const { scale, alerts } = fitted;
  const raw = fitted.scoreBatch(rows).filter((score) => !Number.isNaN(score));
  if (raw.length === 0) {
    throw new UsageError(
      `Cannot calibrate scores: ${counted(rows.rowCount, "training row")} can give none`,
    );
  }
  const calibration = fitCalibration(raw, rows, {
    thresholdMode: contamination === undefined ? "AUTO" : "CONTAMINATION",
    contamination: contamination ?? CONTAMINATION_DEFAULT,
    scale,
    alerts,
  });
  const { saturation, medians } = calibration;
  const levels = threshold === undefined ? calibration : { threshold, release: threshold };
  return {
    threshold: levels.threshold,
    release: levels.release,
    saturation,
    medians,
    told: toldBy({ threshold, contamination }, alerts),
    scoreOf: (score) => anomalyScoreOf(calibration, score, scale),
  };
}

function toldBy({ threshold, contamination }: ScaleOptions, alerts: AlertLevels | undefined) {
  if (threshold !== undefined) return "as the detector file says";
  if (contamination !== undefined) return `${100 * contamination} % of training rows score higher`;
  if (alerts) return "the method's own alert level";
  return "about one of a thousand training rows scores higher";
}
