import {
  type DefaultDetection,
  defaultDetection,
  fitModel,
  MODEL_ROWS_MIN,
  openJudge,
  raisesDeviceAlarm,
  TooFewRowsError,
} from "../../scoring/detect/mod.ts";
import type {
  Judge,
  Judgement,
  ModelFitOptions,
  Setting,
  Verdict,
} from "../../scoring/detect/mod.ts";
import { createFeatureEvaluator } from "../../scoring/features/mod.ts";
import type { FeaturePlan, FeatureVector, PlannedMetric } from "../../scoring/features/mod.ts";
import {
  advanceIncidents,
  DEFAULT_INCIDENT_POLICY,
  kindOf,
  patternOf,
} from "../../scoring/incident/mod.ts";
import type { Incident, IncidentScope } from "../../scoring/incident/mod.ts";
import { median } from "../../scoring/numeric/mod.ts";
import { SMARTBOX_CALENDAR, UTC } from "../../scoring/time/mod.ts";
import { type Scored, type Subject, timesOf } from "./subject.ts";
import type { Table } from "./table.ts";

/** Steps between rows from which the bucket width is taken; all come before the first model. */
const CADENCE_STEPS = 64;
const IDENTITY = { detectorId: "detector", entityId: "device" };

const SETTING: Setting = {
  ...IDENTITY,
  version: 1,
  severityProfile: "smartbox",
  thresholds: {},
  calendar: SMARTBOX_CALENDAR,
  zone: UTC,
  incidents: DEFAULT_INCIDENT_POLICY,
};

/** What is not to be as it ships. */
export type DetectionChoice = Pick<
  ModelFitOptions,
  "algorithm" | "parameters" | "thresholdMode" | "contamination"
>;

/**
 * The shipped defaults over a series, row by row as a device's pipeline has it: a row closes its
 * bucket, is judged by the model in force and joins an incident. Its score is the judgement's rank, 0
 * where there is none; an alert is an anomalous bucket of a confirmed incident. No row changes what
 * came before it.
 */
export function scoreByProduct(
  subject: Subject,
  seed: number,
  choice: DetectionChoice = {},
): Scored {
  const { table, scoredFrom } = subject;
  const times = timesOf(subject);
  const detection = detectionOf(table, times, choice.algorithm);
  const vectorOf = createRowFeed(table, times, detection.plan);
  const watch = createWatch(subject.trainRows, detection, { ...choice, seed });
  const alertOn = createAlerts(detection);
  const scores = new Float64Array(table.rowCount - scoredFrom);
  const alerts = new Uint8Array(table.rowCount - scoredFrom);
  for (let row = 0; row < table.rowCount; row++) {
    const vector = vectorOf(row);
    const judgement = watch.take(row, vector);
    if (row < scoredFrom || !judgement) continue;
    scores[row - scoredFrom] = judgement.rank;
    if (!judgement.isAnomaly) continue;
    alerts[row - scoredFrom] = alertOn(vector.bucketAt, judgement.tell()) ? 1 : 0;
  }
  return { scores, alerts };
}

function detectionOf(
  { columns, rowCount }: Table,
  times: Float64Array,
  algorithm: string | undefined,
): DefaultDetection {
  const steps: number[] = [];
  for (let row = 1; row < Math.min(rowCount, CADENCE_STEPS + 1); row++) {
    steps.push(times[row] - times[row - 1]);
  }
  const bucketMs = Math.max(1000, Math.floor(median(steps)) || 0);
  return defaultDetection(columns.map(metricNamed), bucketMs, algorithm);
}

/** Counters are known by their names, as OpenMetrics has it. */
function metricNamed(name: string): PlannedMetric {
  return { name, kind: name.endsWith("_total") ? "counter" : "gauge" };
}

/**
 * Vectors row by row. Each row has a bucket to itself, its own or, where rows come faster than the
 * plan's buckets, the next one: a bucket that waited for more would tell of rows to come.
 */
function createRowFeed(
  { columns, values }: Table,
  times: Float64Array,
  { bucketMs, ...plan }: FeaturePlan,
): (row: number) => FeatureVector {
  const evaluator = createFeatureEvaluator({ bucketMs, ...plan }, UTC);
  let bucket = -Infinity;
  return (row) => {
    bucket = Math.max(bucket + 1, Math.floor(times[row] / bucketMs));
    const at = bucket * bucketMs;
    for (let metric = 0; metric < columns.length; metric++) {
      evaluator.add({ metric, at, value: values[row * columns.length + metric] });
    }
    // A row without any number gives no vector of its own.
    const vector = evaluator.advance(at + bucketMs).at(-1);
    return vector ?? { bucketAt: at, values: new Float32Array(), complete: false, silent: true };
  };
}

interface Watch {
  /** The judgement on a row by the model in force, if there is one; then the row may be learnt. */
  take(row: number, vector: FeatureVector): Judgement | undefined;
}

/**
 * Fits a model to the training rows. A series that has too few of them, or none, gets its first model
 * with 64 rows, and a series without a training part a new one whenever they have doubled.
 */
function createWatch(
  trainRows: number,
  { algorithm, plan }: DefaultDetection,
  choice: DetectionChoice & { readonly seed: number },
): Watch {
  const vectors: FeatureVector[] = [];
  let judge: Judge | undefined;
  let fitAt = 2 * MODEL_ROWS_MIN;

  function fit(): void {
    const { calendar, zone } = SETTING;
    try {
      const model = fitModel({ ...choice, ...IDENTITY, plan, calendar, zone, vectors, algorithm });
      judge = openJudge(model, "model", SETTING);
    } catch (error) {
      if (!(error instanceof TooFewRowsError)) throw error;
      fitAt = vectors.length + error.wanted - error.rows;
      return;
    }
    // It goes on from what came before, as a pipeline does that is made anew for a new model.
    for (const vector of vectors) judge.skip(vector);
    fitAt = 2 * vectors.length;
  }

  return {
    take(row, vector) {
      const judgement = judge?.judge(vector);
      if (judge && trainRows > 0) return judgement;
      vectors.push(vector);
      const isTrained = row === trainRows - 1 && vectors.length >= MODEL_ROWS_MIN;
      if (isTrained || (row >= trainRows && vectors.length >= fitAt)) fit();
      return judgement;
    },
  };
}

/** Says whether a bucket, by its verdict, belongs to an incident that is confirmed. */
function createAlerts(
  { algorithm, plan, incidents: policy }: DefaultDetection,
): (at: number, verdict: Verdict) => boolean {
  const { detectorId } = SETTING;
  const scope: IncidentScope = {
    tenantId: "tenant",
    deviceId: "device",
    detectorId,
    policy,
    bucketMs: plan.bucketMs,
    isDeviceAlarm: raisesDeviceAlarm(algorithm),
  };
  let active: readonly Incident[] = [];
  return (at, verdict) => {
    if (!verdict.isAnomaly) return false;
    const pattern = patternOf(verdict.contributions);
    const finding = {
      kind: kindOf(""),
      pattern,
      score: verdict.score,
      severity: verdict.severity ?? "LOW",
    };
    const step = advanceIncidents(scope, active, { at, finding });
    active = step.incidents;
    return step.joined?.state === "OPEN";
  };
}
