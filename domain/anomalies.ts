import type { Selectable } from "kysely";
import type { Contribution, Severity } from "../scoring/detect/mod.ts";
import type { Anomaly, AnomalyKind } from "../scoring/incident/mod.ts";
import { build, listed, statement } from "./storage/build.ts";
import { readChildPages } from "./storage/child_pages.ts";
import { inOrder, mapPage, type Page, type PageRequest, readPage } from "./storage/page.ts";
import type { Tables } from "./storage/tables.ts";
import type { TenantDb } from "./storage/tenant_db.ts";
import type { Statement } from "./storage/write.ts";

type Stored = Selectable<Tables["anomalies"]>;

/** A verdict past its threshold as it is stored: `Anomaly` of scoring, by its SQL names. */
export type AnomalyRow = Omit<Stored, "contributions" | "severity" | "kind"> & {
  /** Largest first. */
  readonly contributions: readonly Contribution[];
  readonly severity: Severity;
  readonly kind: AnomalyKind;
};

export interface AnomalyFilter {
  readonly deviceId?: string | null;
  readonly detectorId?: string | null;
  readonly incidentId?: string | null;
  readonly severities?: readonly Severity[] | null;
  /** At or after this event time, ms. */
  readonly from?: number | null;
  /** Before this event time, ms. */
  readonly until?: number | null;
}

/** Rows of 22 columns in one statement: SQLite takes 32,766 parameters. */
const ANOMALIES_PER_STATEMENT = 500;

const NEWEST_FIRST = { columns: ["at", "id"], direction: "desc" } as const;

/** By id. */
export async function findAnomaly(tenant: TenantDb, id: string): Promise<AnomalyRow | undefined> {
  const row = await anomaliesOf(tenant).where("id", "=", id).executeTakeFirst();
  return row && toAnomalyRow(row);
}

/** Newest first; its key is (at, id). */
export async function listAnomalies(
  tenant: TenantDb,
  request: PageRequest & AnomalyFilter,
): Promise<Page<AnomalyRow>> {
  const { deviceId, detectorId, incidentId, severities, from, until, ...page } = request;
  let query = anomaliesOf(tenant);
  if (deviceId) query = query.where("device_id", "=", deviceId);
  if (detectorId) query = query.where("detector_id", "=", detectorId);
  if (incidentId) query = query.where("incident_id", "=", incidentId);
  if (severities) query = query.where("severity", "in", listed(severities));
  if (typeof from === "number") query = query.where("at", ">=", from);
  if (typeof until === "number") query = query.where("at", "<", until);
  return mapPage(await readPage(query, NEWEST_FIRST, page), toAnomalyRow);
}

/** The newest of each incident, in the order of the incidents, as `listAnomalies` of one. */
export function listAnomaliesOfIncidents(
  tenant: TenantDb,
  incidentIds: readonly string[],
  page: PageRequest,
): Promise<Page<AnomalyRow>[]> {
  return anomalyPages(tenant, "incident_id", incidentIds, page);
}

/** The newest of each device, in the order of the devices, as `listAnomalies` of one. */
export function listAnomaliesOfDevices(
  tenant: TenantDb,
  deviceIds: readonly string[],
  page: PageRequest,
): Promise<Page<AnomalyRow>[]> {
  return anomalyPages(tenant, "device_id", deviceIds, page);
}

/** In the order of the ids, `undefined` where the tenant has no such anomaly. */
export async function loadAnomalies(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(AnomalyRow | undefined)[]> {
  const rows = await anomaliesOf(tenant).where("id", "in", listed(ids)).execute();
  return inOrder(ids, rows.map(toAnomalyRow));
}

/** What a row says beside the anomaly itself. */
export interface AnomalyContext {
  readonly tenantId: string;
  readonly detectorName: string;
  /** Wall clock of the commit, ms. */
  readonly createdAt: number;
}

/** The row of an anomaly, as an `anomaly.detected` event has it, too. */
export function anomalyRow(anomaly: Anomaly, context: AnomalyContext): AnomalyRow {
  const { verdict } = anomaly;
  return {
    id: anomaly.id,
    tenant_id: context.tenantId,
    detector_id: anomaly.detectorId,
    detector_name: context.detectorName,
    device_id: anomaly.deviceId,
    incident_id: anomaly.incidentId,
    fingerprint: anomaly.fingerprint,
    kind: anomaly.kind,
    at: anomaly.at,
    // A flagged verdict has one; a row without would be a bug, and LOW hides the least.
    severity: verdict.severity ?? "LOW",
    score: verdict.score,
    threshold: verdict.threshold,
    tail: verdict.tail,
    confidence: verdict.confidence,
    period: verdict.period,
    model_period: verdict.modelPeriod,
    model_id: verdict.modelId,
    setting_version: verdict.settingVersion,
    top_metric: anomaly.topMetric,
    value: anomaly.value,
    expected: anomaly.expected,
    contributions: verdict.contributions,
    created_at: context.createdAt,
  };
}

/** Stores anomalies that are not stored yet. */
export function anomalyStatements(rows: readonly AnomalyRow[]): Statement[] {
  const statements: Statement[] = [];
  for (let start = 0; start < rows.length; start += ANOMALIES_PER_STATEMENT) {
    const some = rows.slice(start, start + ANOMALIES_PER_STATEMENT)
      .map((row) => ({ ...row, contributions: JSON.stringify(row.contributions) }));
    // The id says all that makes an anomaly: one that is there already is this one.
    const insert = build.insertInto("anomalies").values(some)
      .onConflict((conflict) => conflict.column("id").doNothing());
    statements.push(statement(insert, some.length));
  }
  return statements;
}

async function anomalyPages(
  tenant: TenantDb,
  parent: "incident_id" | "device_id",
  parentIds: readonly string[],
  page: PageRequest,
): Promise<Page<AnomalyRow>[]> {
  const children = { db: tenant.db, table: "anomalies", parent, parentIds } as const;
  const pages = await readChildPages(anomaliesOf(tenant), children, NEWEST_FIRST, page);
  return pages.map((one) => mapPage(one, toAnomalyRow));
}

function anomaliesOf(tenant: TenantDb) {
  return tenant.db.selectFrom("anomalies").selectAll().where("tenant_id", "=", tenant.tenantId);
}

function toAnomalyRow(row: Stored): AnomalyRow {
  return {
    ...row,
    contributions: JSON.parse(row.contributions),
    severity: row.severity as Severity,
    kind: row.kind as AnomalyKind,
  };
}
