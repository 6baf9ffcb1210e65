import { BORROWED_CONFIDENCE, openJudge, raisesDeviceAlarm } from "../detect/mod.ts";
import type { Judgement, Model, Setting, Verdict } from "../detect/mod.ts";
import { createFeatureEvaluator, lookbackStart } from "../features/mod.ts";
import type { FeatureVector, Sample } from "../features/mod.ts";
import {
  advanceIncidents,
  anomalyId,
  evidenceOf,
  isQuietDue,
  kindOf,
  patternOf,
} from "../incident/mod.ts";
import type {
  Anomaly,
  Finding,
  Incident,
  IncidentChange,
  IncidentScope,
  IncidentSubject,
} from "../incident/mod.ts";
import { isSuppressed, type Period } from "../time/mod.ts";

/** A detector's model and setting that judge a device. */
export interface Assigned {
  readonly detectorId: string;
  /** Content hash of the model's bundle. */
  readonly modelId: string;
  readonly model: Model;
  readonly setting: Setting;
}

export interface RunnerOptions {
  readonly assigned: Assigned;
  readonly subject: IncidentSubject;
  /** Category of each metric by its name. */
  readonly categories: Pick<ReadonlyMap<string, string>, "get">;
  /** The detector's incidents on this device. */
  readonly incidents: readonly Incident[];
}

/** What closing buckets has brought about, in order of event time. */
export interface RunnerEffects {
  readonly anomalies: readonly Anomaly[];
  readonly changes: readonly IncidentChange[];
}

/** A detector's judgement of a bucket, be it normal. */
export interface JudgedBucket {
  readonly detectorId: string;
  readonly modelId: string;
  /** Start of the bucket, ms. */
  readonly at: number;
  readonly score: number;
  readonly threshold: number;
  readonly period: Period;
}

/** One detector at work on one device: folds samples, judges closed buckets, keeps its incidents. */
export interface Runner {
  readonly bucketMs: number;
  /** Names of the metrics it reads; a sample names them by index. */
  readonly metrics: readonly string[];
  /** The newest bucket that was judged since this runner was made. */
  readonly judged: JudgedBucket | undefined;
  add(sample: Sample): void;
  /** Event time from which points must be folded again to go on from the watermark. */
  refoldFrom(watermark: number): number;
  /** Closes buckets without judging them. */
  skip(watermark: number): void;
  /**
   * Closes and judges buckets, then lets incidents age.
   * @param quietUntil Event time up to which the device is known to be quiet.
   */
  advance(watermark: number, quietUntil: number): RunnerEffects;
  /** True when closing all buckets up to the watermark would change an incident though all are silent. */
  isDue(watermark: number): boolean;
}

export function createRunner({ assigned, subject, categories, incidents }: RunnerOptions): Runner {
  const { modelId, model, setting } = assigned;
  const { bucketMs } = model.plan;
  const evaluator = createFeatureEvaluator(model.plan, setting.zone);
  const judge = openJudge(model, modelId, setting);
  const isBorrowed = setting.entityId !== subject.deviceId;
  const scope: IncidentScope = {
    ...subject,
    policy: setting.incidents,
    bucketMs,
    isDeviceAlarm: raisesDeviceAlarm(model.provenance.algorithm),
  };
  let newest: Judgement | undefined;
  let newestAt = 0;
  let active = byAge(incidents.filter(({ state }) => state !== "CLOSED"));

  function verdictOn(vector: FeatureVector): Verdict | undefined {
    if (isSuppressed(setting.calendar, setting.zone, vector.bucketAt)) {
      judge.skip(vector);
      return undefined;
    }
    const judgement = judge.judge(vector);
    if (judgement === undefined) return undefined;
    newest = judgement;
    newestAt = vector.bucketAt;
    if (!judgement.isAnomaly) return undefined;
    const verdict = judgement.tell();
    return isBorrowed ? borrowed(verdict) : verdict;
  }

  return {
    bucketMs,
    metrics: model.plan.metrics.map(({ name }) => name),
    get judged() {
      if (newest === undefined) return undefined;
      const { score, threshold, period } = newest;
      return { detectorId: assigned.detectorId, modelId, at: newestAt, score, threshold, period };
    },
    add: (sample) => evaluator.add(sample),
    refoldFrom: (watermark) => lookbackStart(model.plan, watermark),
    skip: (watermark) => {
      for (const vector of evaluator.advance(watermark)) judge.skip(vector);
    },
    advance(watermark, quietUntil) {
      const anomalies: Anomaly[] = [];
      const changes: IncidentChange[] = [];
      for (const vector of evaluator.advance(watermark)) {
        const verdict = verdictOn(vector);
        if (!verdict) continue;
        const at = vector.bucketAt;
        const finding = findingOf(verdict, categories);
        const step = advanceIncidents(scope, active, { at, finding });
        active = step.incidents;
        changes.push(...step.changes);
        if (step.joined) anomalies.push(anomalyOf(scope, at, verdict, finding, step.joined));
      }
      // Incidents age by the watermark, not by vectors: the rest of a long gap has none.
      const last = advanceIncidents(scope, active, { at: lastClosed(quietUntil, bucketMs) });
      active = last.incidents;
      changes.push(...last.changes);
      return { anomalies, changes };
    },
    isDue: (watermark) => isQuietDue(scope, active, lastClosed(watermark, bucketMs)),
  };
}

/** What others' rows have taught is trusted less. */
function borrowed(verdict: Verdict): Verdict {
  return { ...verdict, confidence: verdict.confidence * BORROWED_CONFIDENCE };
}

/** Start of the newest bucket that ends at or before the watermark. */
function lastClosed(watermark: number, bucketMs: number): number {
  return (Math.floor(watermark / bucketMs) - 1) * bucketMs;
}

function byAge(incidents: readonly Incident[]): readonly Incident[] {
  return incidents.toSorted((left, right) =>
    left.openedAt - right.openedAt || (left.id < right.id ? -1 : 1)
  );
}

function findingOf(
  verdict: Verdict,
  categories: Pick<ReadonlyMap<string, string>, "get">,
): Finding {
  const pattern = patternOf(verdict.contributions);
  const category = categories.get(pattern[0]?.metric ?? "") ?? "";
  return {
    kind: kindOf(category),
    pattern,
    score: verdict.score,
    severity: verdict.severity ?? "LOW",
  };
}

function anomalyOf(
  subject: IncidentSubject,
  at: number,
  verdict: Verdict,
  { pattern }: Finding,
  incident: Incident,
): Anomaly {
  const topMetric = pattern[0]?.metric ?? "";
  return {
    id: anomalyId(subject, incident.fingerprint, at),
    detectorId: subject.detectorId,
    deviceId: subject.deviceId,
    incidentId: incident.id,
    fingerprint: incident.fingerprint,
    kind: incident.kind,
    at,
    verdict,
    topMetric,
    ...evidenceOf(verdict.contributions, topMetric),
  };
}
