import type { FeaturePlan, FeatureVector } from "../../features/mod.ts";
import { isSuppressed } from "../../time/mod.ts";
import type { PeriodCalendar, ZoneTransitions } from "../../time/mod.ts";
import { withChosenThreshold } from "./chosen_threshold.ts";
import { fitForestSections, isForestAlgorithm } from "./fit_forest.ts";
import { fitMethodSection } from "./fit_method.ts";
import type { FitTask, ThresholdRule, TimeRange } from "./fit_task.ts";
import type { Model, ThresholdMode } from "../model.ts";

export const CONTAMINATION_DEFAULT = 0.01;
/** Of a device, for the mode BUDGET. */
export const PAGES_PER_WEEK_DEFAULT = 1;
export const PAGES_PER_WEEK_MAX = 1_000;

export interface ModelFitOptions {
  readonly detectorId: string;
  /** Device, cohort or tenant that the rows are of. */
  readonly entityId: string;
  readonly plan: FeaturePlan;
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
  /** Training vectors in order of time. */
  readonly vectors: readonly FeatureVector[];
  /** Name of a forest or of another algorithm of the registry; default `isolation_forest`. */
  readonly algorithm?: string;
  /** Those of the algorithm that are not its defaults. */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly seed: number;
  /** Default AUTO. */
  readonly thresholdMode?: ThresholdMode;
  /** Expected share of anomalous rows, in (0, 0.5]; default 0.01. */
  readonly contamination?: number;
  /** Incidents that one device may open a week, in (0, 1000]; default 1, for BUDGET. */
  readonly pagesPerWeek?: number;
  /** Times that are known to be anomalous, for TUNED; they are not learnt as normal. */
  readonly labels?: readonly TimeRange[];
  /** Times that must not be learnt as normal, as those of incidents. */
  readonly excluded?: readonly TimeRange[];
}

/**
 * Fits a detector's algorithm to its training rows. A forest is fitted to all of them and one more to
 * each period that has at least 128; another algorithm has one section. The same rows and seed give
 * the same model, bit for bit.
 *
 * @throws {TooFewRowsError} when fewer than 32 rows can be learnt.
 * @throws {RangeError} naming the algorithm or parameter that is unknown or out of its range.
 */
export function fitModel(options: ModelFitOptions): Model {
  const { detectorId, entityId, plan } = options;
  const task = fitTask(options);
  const fit = isForestAlgorithm(task.algorithm) ? fitForestSections : fitMethodSection;
  const { sections, parameters, memoryBuckets, learnt } = fit(task);
  const model: Model = {
    detectorId,
    entityId,
    plan: memoryBuckets > 0 ? { ...plan, memoryBuckets } : plan,
    provenance: {
      algorithm: task.algorithm,
      parameters,
      seed: task.seed,
      trainedFrom: learnt[0].bucketAt,
      trainedUntil: learnt[learnt.length - 1].bucketAt,
      rows: learnt.length,
      ...task.rule,
    },
    sections,
  };
  return withChosenThreshold(model, task);
}

/** The complete vectors that a fit learns from, in order of time. */
export function learntVectors(options: ModelFitOptions): FeatureVector[] {
  const { isLearnt } = fitTask(options);
  return options.vectors.filter((vector) => vector.complete && isLearnt(vector));
}

function fitTask(options: ModelFitOptions): FitTask {
  const { calendar, zone, labels = [] } = options;
  const excluded = [...options.excluded ?? [], ...labels];
  return {
    algorithm: options.algorithm ?? "isolation_forest",
    parameters: options.parameters ?? {},
    seed: options.seed,
    plan: options.plan,
    calendar,
    zone,
    rule: checkedRule(options),
    vectors: options.vectors,
    labels,
    isLearnt: ({ bucketAt }) =>
      !isSuppressed(calendar, zone, bucketAt) &&
      !excluded.some(({ from, until }) => bucketAt >= from && bucketAt < until),
  };
}

function checkedRule(options: ModelFitOptions): ThresholdRule {
  const { thresholdMode = "AUTO", contamination = CONTAMINATION_DEFAULT } = options;
  const { pagesPerWeek = PAGES_PER_WEEK_DEFAULT } = options;
  checkWithin("contamination", contamination, 0.5);
  checkWithin("pagesPerWeek", pagesPerWeek, PAGES_PER_WEEK_MAX);
  return { thresholdMode, contamination, pagesPerWeek };
}

function checkWithin(name: string, value: number, most: number): void {
  if (value > 0 && value <= most) return;
  throw new RangeError(
    `Cannot fit model as ${name} must be in (0, ${most}]: current value is ${value}`,
  );
}
