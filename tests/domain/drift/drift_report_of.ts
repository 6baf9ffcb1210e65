import type { DriftReport, TenantDb } from "../../../domain/mod.ts";
import { deps, NOW } from "../fixtures.ts";

export interface ReportParts {
  readonly tenant: TenantDb;
  readonly detectorId: string;
  readonly deviceId: string;
  readonly modelId: string;
}

export const WINDOW_MS = 21_600_000;

/** A report of a window in which one feature has drifted. */
export function driftReportOf(
  { tenant, detectorId, deviceId, modelId }: ReportParts,
  from: number,
  more: Partial<DriftReport> = {},
): DriftReport {
  const column = {
    rows: 72,
    distance: 0.5,
    pValue: 0.001,
    adjustedPValue: 0.002,
    isDrifted: true,
    streak: 1,
  };
  return {
    id: deps.newId(),
    tenant_id: tenant.tenantId,
    detector_id: detectorId,
    device_id: deviceId,
    model_id: modelId,
    from_at: from,
    until_at: from + WINDOW_MS,
    features: [{ feature: "load.value", metric: "load", ...column }],
    score: { ...column, isDrifted: false, distance: 0.08, pValue: 0.7, streak: 0 },
    f1: null,
    severity: 10,
    state: "WATCH",
    is_action: 0,
    created_at: NOW,
    ...more,
  };
}
