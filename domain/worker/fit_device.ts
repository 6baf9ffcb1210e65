import { encodeBundle } from "../../scoring/bundle/mod.ts";
import { fitModel, type Model, TooFewRowsError } from "../../scoring/detect/mod.ts";
import { foldSeries, type Sample } from "../../scoring/features/mod.ts";
import { type PeriodCalendar, type ZoneTransitions } from "../../scoring/time/mod.ts";
import { type FittedBaseline } from "../baselines.ts";
import { type Detector, type DetectorParameters, findDetector } from "../detectors.ts";
import { NotFoundError } from "../errors.ts";
import { type DeviceHistory, fitBaselines } from "./fit_baselines.ts";
import type { HeavyReadContext } from "./heavy_read_context.ts";
import { loadMetricsByName } from "../metrics.ts";
import { type ModelSummary, summaryOf } from "../models.ts";
import { type PointColumns, readPoints } from "./point_columns.ts";
import { findLocalTimeRules, zoneFor } from "../settings.ts";
import { type KnownTimes, knownTimes } from "./known_times.ts";
import type { TenantDb } from "../storage/tenant_db.ts";

/** What a worker needs to fit a device; it reads the rest itself. */
export interface FitDeviceParams {
  readonly tenantId: string;
  readonly detectorId: string;
  readonly deviceId: string;
  /** First instant of the data, ms; the oldest point where not given. */
  readonly from?: number;
  /** Instant before which the data ends, ms; after the newest point where not given. */
  readonly until?: number;
  /** Wall clock, ms. */
  readonly now: number;
  /** Baselines alone. */
  readonly isModelSkipped?: boolean;
}

/** A model as it comes out of the worker: bytes without a signature, as keys stay in the main thread. */
export interface FittedModel {
  readonly id: string;
  readonly unsigned: Uint8Array<ArrayBuffer>;
  readonly summary: ModelSummary;
}

export interface FitDeviceResult {
  readonly model?: FittedModel;
  /** Why there is no model. */
  readonly tooFew?: { readonly rows: number; readonly wanted: number };
  readonly baselines: readonly FittedBaseline[];
  /** By which the rows were put into periods; the setting must carry the same. */
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
}

/** A device's history, and what is known of its times. */
interface FitHistory extends DeviceHistory {
  readonly times: KnownTimes;
}

/** Reads a device's history, fits the detector's model to it and builds its baselines. */
export async function fitDevice(
  context: HeavyReadContext,
  params: FitDeviceParams,
): Promise<FitDeviceResult> {
  const { tenantId, deviceId, now } = params;
  const tenant: TenantDb = { db: context.db, tenantId };
  const detector = await findDetector(tenant, params.detectorId);
  if (!detector) throw new NotFoundError("detector", params.detectorId);
  const rules = await findLocalTimeRules(tenant, deviceId);
  if (!rules) throw new NotFoundError("tenant", tenantId);
  const columns = await readColumns(context, params, detector);
  const { calendar, timeZone } = rules;
  const zone = zoneFor(timeZone, now, firstInstant(columns));
  const times = await knownTimes(tenant, detector.id, deviceId);
  const history = { deviceId, plan: detector.feature_plan, columns, calendar, zone, times };
  const baselines = fitBaselines(history);
  if (params.isModelSkipped) return { baselines, calendar, zone };
  return { ...fittedModel(detector, history), baselines, calendar, zone };
}

async function readColumns(
  context: HeavyReadContext,
  { tenantId, deviceId, from, until }: FitDeviceParams,
  { feature_plan: plan }: Detector,
): Promise<PointColumns[]> {
  const names = plan.metrics.map(({ name }) => name);
  const metrics = await loadMetricsByName({ db: context.db, tenantId }, names);
  const metricIds = names.map((name) => {
    const metric = metrics.find((candidate) => candidate.name === name);
    if (!metric) throw new NotFoundError("metric", name);
    return metric.id;
  });
  const silent = { ...context, progress: () => {} };
  return await readPoints(silent, { tenantId, deviceId, metricIds, from, until });
}

function firstInstant(columns: readonly PointColumns[]): number {
  return Math.min(...columns.map(({ at }) => at.length > 0 ? at[0] : Infinity));
}

function fittedModel(
  detector: Detector,
  history: FitHistory,
): Pick<FitDeviceResult, "model" | "tooFew"> {
  try {
    const model = fitHistory(detector, history);
    const { id, unsigned } = encodeBundle(model);
    return { model: { id, unsigned, summary: summaryOf(model, unsigned.length) } };
  } catch (error) {
    if (!(error instanceof TooFewRowsError)) throw error;
    return { tooFew: { rows: error.rows, wanted: error.wanted } };
  }
}

function fitHistory(
  { id, algorithm, parameters, threshold_mode, contamination, pages_per_week }: Detector,
  { deviceId, plan, columns, calendar, zone, times }: FitHistory,
): Model {
  return fitModel({
    detectorId: id,
    entityId: deviceId,
    plan,
    calendar,
    zone,
    vectors: foldSeries(plan, zone, samplesOf(columns)),
    algorithm,
    ...seedAndParameters(parameters),
    thresholdMode: threshold_mode,
    contamination,
    pagesPerWeek: pages_per_week,
    ...times,
  });
}

function seedAndParameters({ seed, ...parameters }: DetectorParameters) {
  return { seed, parameters };
}

function samplesOf(columns: readonly PointColumns[]): Sample[] {
  return columns.flatMap(({ at, value }, metric) =>
    Array.from(at, (instant, i): Sample => ({ metric, at: instant, value: value[i] }))
  );
}
