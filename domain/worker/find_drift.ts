import { decodeBundle } from "../../scoring/bundle/mod.ts";
import { type Model, openJudge, type Setting, type TimeRange } from "../../scoring/detect/mod.ts";
import {
  type DriftMemory,
  type DriftRow,
  driftWindowMs,
  fitDriftReference,
  judgeWindow,
  labelledF1,
  remembered,
  type WindowDrift,
  windowsOf,
} from "../../scoring/drift/mod.ts";
import { featureNames, lookbackStart } from "../../scoring/features/mod.ts";
import { type Detector, findDetector } from "../detection/detectors.ts";
import { findDriftMemory } from "../drift/drift_reports.ts";
import { NotFoundError } from "../errors.ts";
import { listConfirmedTimes } from "../incidents.ts";
import { labelledTimes } from "../labels.ts";
import { findAliasedModel, findBundle } from "../detection/models.ts";
import { findSetting } from "../detection/settings.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import { readEdgeWindows, timesKnownInPart } from "./edge_windows.ts";
import { readColumns, vectorsOf } from "./fit_detector.ts";
import type { HeavyReadContext } from "./heavy_read_context.ts";
import { knownTimes } from "./known_times.ts";

/**
 * Windows that one read judges: half a year of usual ones. Older ones are left out, as nobody can act on
 * them any more.
 */
const WINDOWS_MAX = 730;

/** F1 is of labels this old at most, ms: the time that people remember to have labelled. */
const F1_SPAN_MS = 90 * 86_400_000;

/** Whose points a worker holds against those that its model was fitted to. */
export interface FindDriftParams {
  readonly tenantId: string;
  readonly detectorId: string;
  readonly deviceId: string;
}

export interface FindDriftResult {
  /** The model in production; null for a device that has none of its own. */
  readonly modelId: string | null;
  /** Names of the features and their metrics; the column after them is the score's. */
  readonly features: readonly { readonly feature: string; readonly metric: string }[];
  /** Windows that no report tells of yet, oldest first. */
  readonly drifts: readonly WindowDrift[];
}

/** Judges all whole windows of a device since its newest report, or since its model was fitted. */
export async function findDrift(
  context: HeavyReadContext,
  { tenantId, detectorId, deviceId }: FindDriftParams,
): Promise<FindDriftResult> {
  const tenant: TenantDb = { db: context.db, tenantId };
  const detector = await findDetector(tenant, detectorId);
  if (!detector) throw new NotFoundError("detector", detectorId);
  const fitted = await findFitted(tenant, detectorId, deviceId);
  if (!fitted) return { modelId: null, features: [], drifts: [] };
  const { modelId, model } = fitted;
  const names = featureNames(model.plan);
  const features = names.map((feature, index) => ({
    feature,
    metric: model.plan.features[index].metric,
  }));
  const memory = await findDriftMemory(tenant, {
    detectorId,
    deviceId,
    modelId,
    features: names,
  });
  const device = { context, tenant, detector, deviceId, ...fitted };
  const span = await spanOf(device, memory);
  if (!span) return { modelId, features, drifts: [] };
  return { modelId, features, drifts: await judged(device, span, memory) };
}

interface Fitted {
  readonly modelId: string;
  readonly model: Model;
  readonly setting: Setting;
}

interface Watched extends Fitted {
  readonly context: HeavyReadContext;
  readonly tenant: TenantDb;
  readonly detector: Detector;
  readonly deviceId: string;
}

async function findFitted(
  tenant: TenantDb,
  detectorId: string,
  deviceId: string,
): Promise<Fitted | undefined> {
  const row = await findAliasedModel(tenant, detectorId, deviceId);
  const stored = await findSetting(tenant, detectorId, deviceId);
  const bundle = row && await findBundle(tenant, row.id);
  if (!row || !stored || !bundle) return undefined;
  return { modelId: row.id, model: decodeBundle(bundle), setting: stored.setting };
}

/** The whole windows that may be judged now: after training and reports, and before what is still open. */
async function spanOf(
  { tenant, detector, deviceId, model }: Watched,
  memory: DriftMemory,
): Promise<(TimeRange & { windowMs: number }) | undefined> {
  const { bucketMs } = model.plan;
  const windowMs = driftWindowMs(detector.drift_policy, bucketMs);
  const progress = await tenant.db.selectFrom("progress").select("watermark")
    .where("tenant_id", "=", tenant.tenantId).where("device_id", "=", deviceId)
    .executeTakeFirst();
  if (!progress) return undefined;
  const until = Math.floor(progress.watermark / windowMs) * windowMs;
  const first = Math.max(
    model.provenance.trainedUntil + bucketMs,
    memory.until,
    until - WINDOWS_MAX * windowMs,
  );
  const from = Math.ceil(first / windowMs) * windowMs;
  return from < until ? { from, until, windowMs } : undefined;
}

async function judged(
  device: Watched,
  { from, until, windowMs }: TimeRange & { readonly windowMs: number },
  memory: DriftMemory,
): Promise<WindowDrift[]> {
  const { tenant, detector, deviceId, model, setting } = device;
  const { trainedFrom, trainedUntil } = model.provenance;
  const { bucketMs } = model.plan;
  const { excluded, labels } = await knownTimes(tenant, detector.id, deviceId);
  const trained = { from: trainedFrom, until: trainedUntil + bucketMs };
  const reference = fitDriftReference(
    without([...excluded, ...labels], await readRows(device, trained)),
    { zone: setting.zone, bucketMs, windowMs },
  );
  // Incidents stay: a change for good begins with one. What people call an anomaly is none.
  const rows = without(labels, await readRows(device, { from, until }));
  const f1At = await f1Of(device);
  const drifts: WindowDrift[] = [];
  let last = memory;
  for (const [start, window] of windowsOf(rows, windowMs)) {
    const f1 = f1At(start + windowMs);
    const drift = judgeWindow(
      reference,
      detector.drift_policy,
      { from: start, rows: window, f1 },
      last,
    );
    if (!drift) continue;
    last = remembered(drift, last);
    drifts.push(drift);
  }
  return drifts;
}

/**
 * Features and score of each bucket of a time, as the device's pipeline made them, but for times whose
 * points have not all come up: around anomalies alone everything would seem to have drifted.
 */
async function readRows(
  { context, tenant, deviceId, modelId, model, setting }: Watched,
  { from, until }: TimeRange,
): Promise<DriftRow[]> {
  const { plan } = model;
  const planned = { feature_plan: plan };
  const span = { tenantId: tenant.tenantId, from: lookbackStart(plan, from), until };
  const columns = await readColumns(context, span, planned, deviceId);
  const judge = openJudge(model, modelId, setting);
  const rows = vectorsOf(planned, setting.zone, columns).map((vector): DriftRow => {
    const score = judge.judge(vector)?.rank ?? NaN;
    return { bucketAt: vector.bucketAt, values: [...vector.values, score] };
  });
  const windows = await readEdgeWindows(tenant, plan, { ...span, deviceId });
  const known = without(timesKnownInPart(plan, columns, windows), rows);
  return known.filter(({ bucketAt }) => bucketAt >= from);
}

function without(times: readonly TimeRange[], rows: readonly DriftRow[]): DriftRow[] {
  return rows.filter(({ bucketAt }) =>
    !times.some(({ from, until }) => bucketAt >= from && bucketAt < until)
  );
}

/** F1 of the detector by the labels of the time before an instant, of those after training. */
async function f1Of(
  { tenant, detector, deviceId, model }: Watched,
): Promise<(until: number) => number | null> {
  const { anomalous, normal } = await labelledTimes(tenant, deviceId);
  const alerts = await listConfirmedTimes(tenant, detector.id, deviceId);
  return (until) => {
    const since = Math.max(model.provenance.trainedUntil, until - F1_SPAN_MS);
    const isCounted = (range: TimeRange) => range.from > since && range.until <= until;
    return labelledF1(
      { anomalous: anomalous.filter(isCounted), normal: normal.filter(isCounted) },
      alerts,
    );
  };
}
