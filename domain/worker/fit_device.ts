import type { PeriodCalendar, ZoneTransitions } from "../../scoring/time/mod.ts";
import type { FittedBaseline } from "../detection/baselines.ts";
import { findDetector } from "../detection/detectors.ts";
import { NotFoundError } from "../errors.ts";
import { findLocalTimeRules, zoneFor } from "../detection/settings.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import { readEdgeWindows, timesKnownInPart } from "./edge_windows.ts";
import { fitBaselines } from "./fit_baselines.ts";
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

/** What a worker needs to fit a device; it reads the rest itself. */
export interface FitDeviceParams extends FitSpan {
  readonly detectorId: string;
  readonly deviceId: string;
  /** Wall clock, ms. */
  readonly now: number;
  /** Baselines alone. */
  readonly isModelSkipped?: boolean;
}

export interface FitDeviceResult extends FitOutcome {
  readonly baselines: readonly FittedBaseline[];
  /** By which the rows were put into periods; the setting must carry the same. */
  readonly calendar: PeriodCalendar;
  readonly zone: ZoneTransitions;
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
  const columns = await readColumns(context, params, detector, deviceId);
  const { calendar, timeZone } = rules;
  const { feature_plan: plan } = detector;
  const windows = await readEdgeWindows(tenant, plan, params);
  const firstAt = Math.min(
    firstInstant(columns),
    ...windows.map((own) => own[0]?.from ?? Infinity),
  );
  const zone = zoneFor(timeZone, now, firstAt);
  const baselines = fitBaselines({ deviceId, plan, columns, windows, calendar, zone });
  if (params.isModelSkipped) return { baselines, calendar, zone };
  const vectors = vectorsOf(detector, zone, columns);
  const times = await knownTimes(tenant, detector.id, deviceId);
  const excluded = [...times.excluded, ...timesKnownInPart(plan, columns, windows)];
  const { labels } = times;
  const fit = { entityId: deviceId, calendar, zone, vectors, labels, excluded };
  const outcome = fitDetector(detector, fit);
  return { ...outcome, baselines, calendar, zone };
}
