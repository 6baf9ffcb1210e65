import { featureNames } from "../../features/mod.ts";
import type { FeaturePlan } from "../../features/mod.ts";
import { type Attribution, explainRow, type Forest } from "../../forest/mod.ts";
import type { Period } from "../../time/mod.ts";
import { tailOf } from "../calibration.ts";
import {
  type Calibration,
  type ForestSection,
  type Model,
  type ModelSection,
  PERIOD_ROWS_MIN,
} from "../model.ts";
import type { JudgeSetting } from "./sections.ts";
import { severityOf } from "./severity.ts";
import type { Contribution, Verdict } from "./verdict.ts";

/** A verdict by another period's section, or by a model of others' rows, is trusted this much of one's own. */
export const BORROWED_CONFIDENCE = 0.9;

/** By what a row is judged. */
export interface Judged {
  readonly model: Model;
  readonly modelId: string;
  readonly setting: JudgeSetting;
  readonly section: ModelSection;
  readonly period: Period;
}

/** What judging a row has found. */
export interface Found {
  /** anomalyScore. */
  readonly score: number;
  /** On the method's own scale, for the tail. */
  readonly ownScore: number;
  /** In force for this row. */
  readonly threshold: number;
  /** Asked for where contributions are told. */
  contributions(): Contribution[];
}

/** The verdict on a row; contributions are told where it is anomalous or they are asked for. */
export function tell(judged: Judged, found: Found, isExplained: boolean): Verdict {
  const { section, setting, period } = judged;
  const { score, threshold } = found;
  const isAnomaly = score > threshold;
  const tail = tailOf(section.calibration, found.ownScore);
  return {
    score,
    threshold,
    isAnomaly,
    severity: severityOf(setting.severityProfile, score, threshold, section.calibration.saturation),
    tail,
    confidence: confidenceOf(section, period, tail),
    period,
    modelPeriod: section.period,
    contributions: isAnomaly || isExplained ? found.contributions() : [],
    modelId: judged.modelId,
    settingVersion: setting.version,
  };
}

function confidenceOf(section: ModelSection, wanted: Period, tail: number): number {
  const seen = Math.min(1, section.calibration.rows / PERIOD_ROWS_MIN);
  const isOwn = section.period === wanted || !("forest" in section);
  return (1 - tail) * seen * (isOwn ? 1 : BORROWED_CONFIDENCE);
}

/** Each feature's part in the row's path, largest first; by path attribution or by another. */
export function pathContributions(
  plan: FeaturePlan,
  { forest, calibration }: ForestSection,
  values: Float32Array,
  attribute: (forest: Forest, row: Float32Array) => Attribution = explainRow,
): Contribution[] {
  const pathLengths = [...attribute(forest, values).contributions];
  const parts = pathLengths.map((length) => Math.max(0, length));
  return contributionsOf(plan, values, parts, calibration.medians, pathLengths);
}

/** Each feature's part in the score of a method, largest first. */
export function methodContributions(
  plan: FeaturePlan,
  { medians }: Calibration,
  values: Float32Array,
  parts: Float64Array,
  expected: Float64Array | undefined,
): Contribution[] {
  const told = medians.map((median, column) => {
    const value = expected?.[column] ?? NaN;
    return value === value ? value : median;
  });
  return contributionsOf(plan, values, [...parts], told);
}

function contributionsOf(
  plan: FeaturePlan,
  values: Float32Array,
  parts: readonly number[],
  expected: readonly number[],
  pathLengths?: readonly number[],
): Contribution[] {
  const whole = parts.reduce((sum, part) => sum + part, 0);
  const all = featureNames(plan).map((feature, column) => ({
    feature,
    metric: plan.features[column].metric,
    // A missing value that made a row odd is told as what was expected in its place.
    value: values[column] === values[column] ? values[column] : expected[column],
    expected: expected[column],
    pathLength: pathLengths?.[column] ?? 0,
    share: whole > 0 ? parts[column] / whole : 0,
  }));
  return all.sort((left, right) => right.share - left.share || right.pathLength - left.pathLength);
}
