import type { Selectable } from "kysely";
import {
  type ColumnDrift,
  type DriftMemory,
  type DriftState,
  NO_DRIFT_MEMORY,
} from "../../scoring/drift/mod.ts";
import { build, guarded, listed, statement } from "../storage/build.ts";
import { eventStatements, type NewEvent } from "../storage/event_log.ts";
import { inOrder, mapPage, type Page, type PageRequest, readPage } from "../storage/page.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Statement } from "../storage/write.ts";

type Stored = Selectable<Tables["drift_reports"]>;

/** A feature of a window held against the training rows. */
export interface FeatureDrift extends ColumnDrift {
  /** Name of the feature. */
  readonly feature: string;
  /** Name of its metric; empty for features of the calendar. */
  readonly metric: string;
}

/** What the drift monitors say of one window of a device. */
export type DriftReport = Omit<Stored, "features" | "score" | "state"> & {
  /** Without those of which too little is known. */
  readonly features: readonly FeatureDrift[];
  /** Of the anomalyScores. */
  readonly score: ColumnDrift | null;
  readonly state: DriftState;
};

export interface DriftReportFilter {
  readonly detectorId?: string | null;
  readonly deviceId?: string | null;
  /** Only those after which something was to be done. */
  readonly onlyActions?: boolean | null;
}

/** Reports kept of a device and detector, the newest: eight months of usual windows. */
export const DRIFT_REPORTS_KEPT = 1_000;

/** Newest first; its key is (from_at, id). */
export async function listDriftReports(
  tenant: TenantDb,
  { detectorId, deviceId, onlyActions, ...page }: PageRequest & DriftReportFilter,
): Promise<Page<DriftReport>> {
  let query = reportsOf(tenant);
  if (detectorId) query = query.where("detector_id", "=", detectorId);
  if (deviceId) query = query.where("device_id", "=", deviceId);
  if (onlyActions) query = query.where("is_action", "=", 1);
  const order = { columns: ["from_at", "id"], direction: "desc" } as const;
  return mapPage(await readPage(query, order, page), toDriftReport);
}

/** In the order of the ids, `undefined` where the tenant has no such report. */
export async function loadDriftReports(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(DriftReport | undefined)[]> {
  const rows = await reportsOf(tenant).where("id", "in", listed(ids)).execute();
  return inOrder(ids, rows.map(toDriftReport));
}

/**
 * Ids of the devices for which something is to be done by reports made since, ascending; without those
 * that have another model by now.
 */
export async function listDriftedDevices(
  tenant: TenantDb,
  detectorId: string,
  since: number,
): Promise<string[]> {
  const rows = await tenant.db.selectFrom("drift_reports as report")
    .innerJoin(
      "model_aliases as alias",
      (join) =>
        join.onRef("alias.tenant_id", "=", "report.tenant_id")
          .onRef("alias.detector_id", "=", "report.detector_id")
          .onRef("alias.entity_id", "=", "report.device_id")
          .onRef("alias.model_id", "=", "report.model_id").on("alias.alias", "=", "production"),
    )
    .select("report.device_id").distinct()
    .where("report.tenant_id", "=", tenant.tenantId)
    .where("report.detector_id", "=", detectorId)
    .where("report.is_action", "=", 1).where("report.created_at", ">=", since)
    .orderBy("report.device_id").execute();
  return rows.map(({ device_id }) => device_id);
}

/** Whose reports, against which model, and the names of what was compared. */
export interface DriftSubject {
  readonly detectorId: string;
  readonly deviceId: string;
  readonly modelId: string;
  /** Names of the features, in their order. */
  readonly features: readonly string[];
}

/** What the monitors must know of a device's reports; counts are of one model's windows alone. */
export async function findDriftMemory(
  tenant: TenantDb,
  { detectorId, deviceId, modelId, features }: DriftSubject,
): Promise<DriftMemory> {
  const own = reportsOf(tenant).where("detector_id", "=", detectorId)
    .where("device_id", "=", deviceId).orderBy("from_at", "desc").limit(1);
  const newest = await own.executeTakeFirst();
  if (!newest) return NO_DRIFT_MEMORY;
  const action = await own.where("is_action", "=", 1).executeTakeFirst();
  const report = toDriftReport(newest);
  const streakOf = (name: string) =>
    report.features.find(({ feature }) => feature === name)?.streak ?? 0;
  return {
    until: report.until_at,
    streaks: report.model_id === modelId
      ? [...features.map(streakOf), report.score?.streak ?? 0]
      : [],
    actedAt: action?.until_at ?? -Infinity,
  };
}

/**
 * Stores reports of one device and detector, tells those after which something is to be done, and
 * forgets the oldest. The write holds only while nobody has reported on one of the windows.
 */
export function driftReportStatements(reports: readonly DriftReport[]): Statement[] {
  if (reports.length === 0) return [];
  const inserts = reports.map((report) =>
    guarded(
      build.insertInto("drift_reports").values(toStored(report)).onConflict((conflict) =>
        conflict.columns(["tenant_id", "detector_id", "device_id", "from_at"]).doNothing()
      ),
    )
  );
  const actions = reports.filter(({ is_action }) => is_action === 1);
  const told = actions.length > 0 ? [eventStatements(actions.map(eventOf))] : [];
  return [...inserts, ...told, forgetting(reports[0])];
}

function eventOf(report: DriftReport): NewEvent {
  const { tenant_id: tenantId, id: subjectId, created_at: at } = report;
  return { tenantId, type: "drift.found", subjectId, payload: report, at };
}

function forgetting({ tenant_id, detector_id, device_id }: DriftReport): Statement {
  const newestForgotten = build.selectFrom("drift_reports").select("from_at")
    .where("tenant_id", "=", tenant_id).where("detector_id", "=", detector_id)
    .where("device_id", "=", device_id)
    .orderBy("from_at", "desc").limit(1).offset(DRIFT_REPORTS_KEPT);
  return statement(
    build.deleteFrom("drift_reports").where("tenant_id", "=", tenant_id)
      .where("detector_id", "=", detector_id).where("device_id", "=", device_id)
      .where("from_at", "<=", newestForgotten),
  );
}

function toStored(report: DriftReport): Stored {
  return {
    ...report,
    features: JSON.stringify(report.features),
    score: report.score && JSON.stringify(report.score),
  };
}

function toDriftReport(row: Stored): DriftReport {
  return {
    ...row,
    features: JSON.parse(row.features),
    score: row.score === null ? null : JSON.parse(row.score),
    state: row.state as DriftState,
  };
}

function reportsOf(tenant: TenantDb) {
  return tenant.db.selectFrom("drift_reports").selectAll()
    .where("tenant_id", "=", tenant.tenantId);
}
