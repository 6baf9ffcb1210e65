import type { TimeRange } from "../../scoring/detect/mod.ts";
import type { FeatureVector } from "../../scoring/features/mod.ts";
import type { PeriodCalendar, ZoneTransitions } from "../../scoring/time/mod.ts";
import { type Detector, findDetector } from "../detection/detectors.ts";
import { NotFoundError } from "../errors.ts";
import { findLocalTimeRules, zoneFor } from "../detection/settings.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import { readEdgeWindows, timesKnownInPart } from "./edge_windows.ts";
import {
  firstInstant,
  fitDetector,
  type FitOutcome,
  type FitSpan,
  readColumns,
  vectorsOf,
} from "./fit_detector.ts";
import type { HeavyReadContext } from "./heavy_read_context.ts";
import { knownTimes } from "./known_times.ts";

/** Devices whose rows a pooled model learns: enough to tell what they share, few enough to read. */
export const POOL_DEVICES_MAX = 8;

/** What a worker needs to fit the model that a cohort or a tenant lends to devices without their own. */
export interface FitPoolParams extends FitSpan {
  readonly detectorId: string;
  /** Name of the cohort, or id of the tenant. */
  readonly entityId: string;
  /** Of the pool, at most `POOL_DEVICES_MAX`. */
  readonly deviceIds: readonly string[];
  /** Wall clock, ms. */
  readonly now: number;
}

export interface FitPoolResult extends FitOutcome {
  readonly calendar: PeriodCalendar;
  /** The tenant's: its devices may live in others. */
  readonly zone: ZoneTransitions;
}

/** Fits the detector's algorithm to the rows of several devices, one device after the other. */
export async function fitPool(
  context: HeavyReadContext,
  params: FitPoolParams,
): Promise<FitPoolResult> {
  const { tenantId, entityId, deviceIds, now } = params;
  const tenant: TenantDb = { db: context.db, tenantId };
  const detector = await findDetector(tenant, params.detectorId);
  if (!detector) throw new NotFoundError("detector", params.detectorId);
  const rules = await findLocalTimeRules(tenant, entityId);
  if (!rules) throw new NotFoundError("tenant", tenantId);
  const { calendar, timeZone } = rules;
  const { feature_plan: plan } = detector;
  const histories = [];
  for (const deviceId of deviceIds) {
    const columns = await readColumns(context, params, detector, deviceId);
    const windows = await readEdgeWindows(tenant, plan, { ...params, deviceId });
    const { excluded, labels } = await knownTimes(tenant, detector.id, deviceId);
    const left = [...excluded, ...labels, ...timesKnownInPart(plan, columns, windows)];
    histories.push({ columns, left });
  }
  const firstAt = Math.min(...histories.map(({ columns }) => firstInstant(columns)));
  const zone = zoneFor(timeZone, now, firstAt);
  const vectors = histories.flatMap(({ columns, left }) =>
    withoutTimes(vectorsOf(detector, zone, columns), left)
  );
  return { ...fitPooled(detector, { entityId, calendar, zone, vectors }), calendar, zone };
}

/** Labels are of one device, so a pool cannot be tuned by them. */
function fitPooled(detector: Detector, fit: Parameters<typeof fitDetector>[1]): FitOutcome {
  const mode = detector.threshold_mode === "TUNED" ? "AUTO" : detector.threshold_mode;
  return fitDetector({ ...detector, threshold_mode: mode }, fit);
}

/** Vectors of these times as if the device had been silent: others were not anomalous then. */
function withoutTimes(vectors: FeatureVector[], times: readonly TimeRange[]): FeatureVector[] {
  return vectors.map((vector) => {
    const { bucketAt, values } = vector;
    if (!times.some(({ from, until }) => bucketAt >= from && bucketAt < until)) return vector;
    const unknown = new Float32Array(values.length).fill(NaN);
    return { bucketAt, values: unknown, complete: false, silent: true };
  });
}
