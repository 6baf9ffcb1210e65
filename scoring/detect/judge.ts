import { featureNames } from "../features/mod.ts";
import type { FeaturePlan, FeatureVector } from "../features/mod.ts";
import { explainRow, scoreForest, scoreRow } from "../forest/mod.ts";
import type { Matrix } from "../forest/mod.ts";
import { ANY_PERIOD, periodAt } from "../time/mod.ts";
import type { Period } from "../time/mod.ts";
import { tailOf } from "./calibration.ts";
import { PERIOD_ROWS_MIN } from "./fit.ts";
import type { Model, ModelSection } from "./model.ts";
import type { Setting } from "./setting.ts";
import { severityOf } from "./severity.ts";
import type { Contribution, SeverityProfile, Verdict } from "./verdict.ts";

/** A verdict by a section of another period is trusted this much of one by its own. */
const BORROWED_CONFIDENCE = 0.9;

/** The part of a setting that verdicts depend on. */
export type JudgeSetting = Pick<Setting, "version" | "severityProfile" | "thresholds">;

/** For models that are asked without a setting, as the stateless route may. */
export const DEFAULT_JUDGE_SETTING: JudgeSetting = {
  version: 0,
  severityProfile: "smartbox",
  thresholds: {},
};

/** The section of a period, or `any` where the period has none. */
export function sectionFor(model: Model, period: Period): ModelSection {
  return model.sections.find((section) => section.period === period) ?? model.sections[0];
}

/** Threshold in force for a section: the setting's, else the fitted one. */
export function thresholdFor(section: ModelSection, setting: JudgeSetting): number {
  const { thresholds } = setting;
  return Object.hasOwn(thresholds, section.period)
    ? thresholds[section.period]
    : section.calibration.threshold;
}

/**
 * The verdict on the vector of a bucket, which must be complete. Contributions are told when it is
 * past its threshold.
 */
export function judge(
  model: Model,
  modelId: string,
  setting: Setting,
  vector: FeatureVector,
): Verdict {
  const { judged, score } = scored(model, modelId, setting, vector);
  return verdictOf(judged, score, () => vector.values, false);
}

/** As `judge`, but `undefined` for a bucket that is not past its threshold, as most are. */
export function judgeFlagged(
  model: Model,
  modelId: string,
  setting: Setting,
  vector: FeatureVector,
): Verdict | undefined {
  const { judged, score } = scored(model, modelId, setting, vector);
  if (score <= thresholdFor(judged.section, setting)) return undefined;
  return verdictOf(judged, score, () => vector.values, false);
}

function scored(model: Model, modelId: string, setting: Setting, vector: FeatureVector) {
  const period = periodAt(setting.calendar, setting.zone, vector.bucketAt);
  const section = sectionFor(model, period);
  const judged: Judged = { model, modelId, setting, section, period };
  return { judged, score: scoreRow(section.forest, vector.values) };
}

export interface ScoreOptions {
  /** Tell the contributions of every row, not only of flagged ones. */
  readonly explain?: boolean;
  /** Judge by this period's section; default `any`. */
  readonly period?: Period;
  readonly setting?: JudgeSetting;
}

/**
 * One verdict for each row, without any state: rows are feature vectors in the order of the model's
 * plan, finite.
 *
 * @throws {RangeError} when the rows have another width than the plan.
 */
export function scoreVectors(
  model: Model,
  modelId: string,
  rows: Matrix,
  options: ScoreOptions = {},
): Verdict[] {
  const { explain = false, period = ANY_PERIOD, setting = DEFAULT_JUDGE_SETTING } = options;
  const { columnCount } = rows;
  if (columnCount !== model.plan.features.length) {
    throw new RangeError(
      `Cannot score rows as they must have ${model.plan.features.length} values: found ${columnCount}`,
    );
  }
  const section = sectionFor(model, period);
  const judged = { model, modelId, setting, section, period };
  const verdicts: Verdict[] = [];
  scoreForest(section.forest, rows).forEach((score, row) => {
    const values = () => rows.data.subarray(row * columnCount, (row + 1) * columnCount);
    verdicts.push(verdictOf(judged, score, values, explain));
  });
  return verdicts;
}

interface Judged {
  readonly model: Model;
  readonly modelId: string;
  readonly setting: JudgeSetting;
  readonly section: ModelSection;
  readonly period: Period;
}

function verdictOf(
  { model, modelId, setting, section, period }: Judged,
  score: number,
  values: () => Float32Array,
  explain: boolean,
): Verdict {
  const { calibration } = section;
  const threshold = thresholdFor(section, setting);
  const isAnomaly = score > threshold;
  const tail = tailOf(calibration, score);
  const profile: SeverityProfile = setting.severityProfile;
  return {
    score,
    threshold,
    isAnomaly,
    severity: severityOf(profile, score, threshold, calibration.saturation),
    tail,
    confidence: confidenceOf(section, period, tail),
    period,
    modelPeriod: section.period,
    contributions: isAnomaly || explain ? contributionsOf(model.plan, section, values()) : [],
    modelId,
    settingVersion: setting.version,
  };
}

function confidenceOf({ period, calibration }: ModelSection, wanted: Period, tail: number): number {
  const seen = Math.min(1, calibration.rows / PERIOD_ROWS_MIN);
  return (1 - tail) * seen * (period === wanted ? 1 : BORROWED_CONFIDENCE);
}

/** Each feature's part in the row's path, largest first. */
function contributionsOf(
  plan: FeaturePlan,
  { forest, calibration }: ModelSection,
  values: Float32Array,
): Contribution[] {
  const pathLengths = explainRow(forest, values).contributions;
  const positive = pathLengths.reduce((sum, length) => sum + Math.max(0, length), 0);
  const told = featureNames(plan).map((feature, column) => ({
    feature,
    metric: plan.features[column].metric,
    value: values[column],
    expected: calibration.medians[column],
    pathLength: pathLengths[column],
    share: positive > 0 ? Math.max(0, pathLengths[column]) / positive : 0,
  }));
  return told.sort((left, right) => right.pathLength - left.pathLength);
}
