import type { FeatureVector } from "../../features/mod.ts";
import { countIncidents, episodesOf, incidentRates, runsOf } from "../../evaluate/mod.ts";
import { DEFAULT_INCIDENT_POLICY } from "../../incident/mod.ts";
import { exp2, log2 } from "../../numeric/mod.ts";
import { anomalyScoreOf, scoreAtTail } from "../calibration.ts";
import type { FitTask } from "./fit_task.ts";
import { openJudge } from "../judge/judge.ts";
import { isForestSection, type Model, type ModelSection } from "../model.ts";
import type { Setting } from "../setting.ts";

const WEEK_MS = 7 * 86_400_000;
/** Levels that are tried, from the most surprising bucket down: each costs a pass over the rows. */
const LEVELS_MAX = 256;
/** No level is below the surprise of every tenth bucket. */
const SURPRISE_MIN = 3.321928094887362;
/** An episode with fewer anomalous buckets opens no incident. */
const { confirmBuckets: CONFIRM_BUCKETS } = DEFAULT_INCIDENT_POLICY;

/**
 * The model with its thresholds where its training rows say: BUDGET takes the lowest level that gives
 * at most so many episodes a week, TUNED the one with the best incident F1 against labelled times. A
 * level is a tail, the same in all sections.
 *
 * @throws {RangeError} when TUNED has no labelled time among the rows.
 */
export function withChosenThreshold(model: Model, task: FitTask): Model {
  const { thresholdMode } = task.rule;
  if (thresholdMode !== "BUDGET" && thresholdMode !== "TUNED") return model;
  const surprises = surprisesOf(model, task);
  const level = thresholdMode === "BUDGET"
    ? budgetLevel(surprises, pagesAllowed(task))
    : tunedLevel(surprises, task);
  return { ...model, sections: model.sections.map((section) => atLevel(section, level)) };
}

/** −log2 of the tail of each training bucket; 0 for one that cannot be judged. */
function surprisesOf(model: Model, { vectors, calendar, zone }: FitTask): Float64Array {
  const unreachable = model.sections.map(({ period }) => [period, Infinity]);
  const setting: Setting = {
    version: 0,
    detectorId: model.detectorId,
    entityId: model.entityId,
    severityProfile: "smartbox",
    thresholds: Object.fromEntries(unreachable),
    calendar,
    zone,
    incidents: DEFAULT_INCIDENT_POLICY,
  };
  const judge = openJudge(model, "", setting);
  return Float64Array.from(vectors, (vector) => {
    const judgement = judge.judge(vector);
    return judgement ? -log2(judgement.tell().tail) : 0;
  });
}

function pagesAllowed({ vectors, rule }: FitTask): number {
  const weeks = (vectors[vectors.length - 1].bucketAt - vectors[0].bucketAt) / WEEK_MS;
  return rule.pagesPerWeek * weeks;
}

function budgetLevel(surprises: Float64Array, pages: number): number {
  let lowest = Infinity;
  for (const level of levelsOf(surprises)) {
    if (episodesOf(alertsAt(surprises, level)).length > pages) break;
    lowest = level;
  }
  return lowest;
}

function tunedLevel(surprises: Float64Array, task: FitTask): number {
  const ranges = runsOf(
    Uint8Array.from(task.vectors, (vector) => isLabelled(task, vector) ? 1 : 0),
  );
  if (ranges.length === 0) {
    throw new RangeError(
      "Cannot tune threshold as labels must name an anomalous time of the training rows: found none",
    );
  }
  let best = { level: Infinity, f1: -1 };
  for (const level of levelsOf(surprises)) {
    const { f1 } = incidentRates([countIncidents(alertsAt(surprises, level), ranges)]);
    if (f1 > best.f1) best = { level, f1 };
  }
  return best.level;
}

function isLabelled({ labels }: FitTask, { bucketAt }: FeatureVector): boolean {
  return labels.some(({ from, until }) => bucketAt >= from && bucketAt < until);
}

/** Levels between the surprises of the training buckets, the highest first. */
function levelsOf(surprises: Float64Array): number[] {
  const sorted = [...new Set(surprises)].filter((one) => one >= SURPRISE_MIN)
    .sort((left, right) => right - left);
  const step = Math.max(1, sorted.length / LEVELS_MAX);
  const levels = [(sorted[0] ?? SURPRISE_MIN) + 1];
  for (let at = 0; at + 1 < sorted.length; at += step) {
    const index = Math.floor(at);
    levels.push((sorted[index] + sorted[index + 1]) / 2);
  }
  return levels;
}

/** Buckets above the level, without the episodes that would open no incident. */
function alertsAt(surprises: Float64Array, level: number): Uint8Array {
  const alerts = Uint8Array.from(surprises, (surprise) => surprise > level ? 1 : 0);
  for (const [first, last] of episodesOf(alerts)) {
    const episode = alerts.subarray(first, last + 1);
    if (episode.reduce((sum, alert) => sum + alert, 0) < CONFIRM_BUCKETS) episode.fill(0);
  }
  return alerts;
}

/** Hysteresis keeps its proportion. */
function atLevel(section: ModelSection, level: number): ModelSection {
  const { calibration } = section;
  const scale = isForestSection(section) ? "absolute" : section.method.scale;
  const threshold = anomalyScoreOf(calibration, scoreAtTail(calibration, exp2(-level)), scale);
  const release = threshold * (calibration.release / calibration.threshold);
  return { ...section, calibration: { ...calibration, threshold, release } };
}
