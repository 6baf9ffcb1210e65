import { type Selectable, sql } from "kysely";
import {
  acknowledgedBy,
  type AnomalyKind,
  type Incident,
  type IncidentChange,
  type IncidentState,
  type PatternMetric,
  type PersonAction,
  resolvedBy,
  silencedBy,
} from "../scoring/incident/mod.ts";
import type { Severity, TimeRange } from "../scoring/detect/mod.ts";
import { build, guarded, listed } from "./storage/build.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "./errors.ts";
import { eventStatement } from "./storage/event_log.ts";
import { readChildPages } from "./storage/child_pages.ts";
import { inOrder, mapPage, type Page, type PageRequest, readPage } from "./storage/page.ts";
import type { Tables } from "./storage/tables.ts";
import type { TenantDb } from "./storage/tenant_db.ts";
import type { Change } from "./storage/write.ts";

type Stored = Selectable<Tables["incidents"]>;

/** One occurrence of a fingerprint as it is stored: `Incident` of scoring, by its SQL names. */
export type IncidentRow = Omit<Stored, "pattern" | "state" | "severity" | "kind"> & {
  readonly pattern: readonly PatternMetric[];
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly kind: AnomalyKind;
};

export interface IncidentFilter {
  readonly deviceId?: string | null;
  readonly detectorId?: string | null;
  readonly states?: readonly IncidentState[] | null;
  readonly severities?: readonly Severity[] | null;
  /** Opened at or after this event time, ms. */
  readonly from?: number | null;
  /** Opened before this event time, ms. */
  readonly until?: number | null;
}

/** Of what persons have acted on, the newest: an edge hears of it with every answer. */
const PERSONS_INCIDENTS_MAX = 1_000;

/** A longer silence would be forgotten by whoever asked for it. */
const SILENCE_MS_MAX = 90 * 86_400_000;

const NEWEST_FIRST = { columns: ["opened_at", "id"], direction: "desc" } as const;

/** By id. */
export async function findIncident(
  tenant: TenantDb,
  id: string,
): Promise<IncidentRow | undefined> {
  const row = await incidentsOf(tenant).where("id", "=", id).executeTakeFirst();
  return row && toIncidentRow(row);
}

/** Newest first; its key is (opened_at, id). */
export async function listIncidents(
  tenant: TenantDb,
  { deviceId, detectorId, states, severities, from, until, ...page }: PageRequest & IncidentFilter,
): Promise<Page<IncidentRow>> {
  let query = incidentsOf(tenant);
  if (deviceId) query = query.where("device_id", "=", deviceId);
  if (detectorId) query = query.where("detector_id", "=", detectorId);
  if (states) query = query.where("state", "in", listed(states));
  if (severities) query = query.where("severity", "in", listed(severities));
  if (typeof from === "number") query = query.where("opened_at", ">=", from);
  if (typeof until === "number") query = query.where("opened_at", "<", until);
  return mapPage(await readPage(query, NEWEST_FIRST, page), toIncidentRow);
}

/** The newest of each device, in the order of the devices, as `listIncidents` of one. */
export async function listIncidentsOfDevices(
  tenant: TenantDb,
  deviceIds: readonly string[],
  page: PageRequest,
): Promise<Page<IncidentRow>[]> {
  const pages = await readChildPages(
    incidentsOf(tenant),
    { db: tenant.db, table: "incidents", parent: "device_id", parentIds: deviceIds },
    NEWEST_FIRST,
    page,
  );
  return pages.map((one) => mapPage(one, toIncidentRow));
}

/** In the order of the ids, `undefined` where the tenant has no such incident. */
export async function loadIncidents(
  tenant: TenantDb,
  ids: readonly string[],
): Promise<(IncidentRow | undefined)[]> {
  const rows = await incidentsOf(tenant).where("id", "in", listed(ids)).execute();
  return inOrder(ids, rows.map(toIncidentRow));
}

/**
 * A person has seen it. Nothing is written when somebody has before.
 *
 * @throws {NotFoundError}
 */
export async function acknowledgeIncident(
  tenant: TenantDb,
  id: string,
  action: PersonAction,
): Promise<Change<IncidentRow>> {
  return acknowledged(await getIncident(tenant, id), action);
}

/**
 * A person says that it is over. Nothing is written when it is resolved already.
 *
 * @throws {NotFoundError} @throws {ConflictError} When it is closed.
 */
export async function resolveIncident(
  tenant: TenantDb,
  id: string,
  action: PersonAction,
): Promise<Change<IncidentRow>> {
  return resolvedByHand(await getIncident(tenant, id), action);
}

/**
 * A person wants to hear no more of it until an instant of the wall clock, or, without one, of it
 * again. Nothing is written when that is so already.
 *
 * @throws {NotFoundError} @throws {InvalidInputError} When the instant is over or too far ahead.
 */
export async function silenceIncident(
  tenant: TenantDb,
  id: string,
  { until, ...action }: PersonAction & { readonly until: number | null },
): Promise<Change<IncidentRow>> {
  const row = await getIncident(tenant, id);
  if (until !== null && (until <= action.at || until > action.at + SILENCE_MS_MAX)) {
    const said = `Cannot silence the incident until ${new Date(until).toISOString()}`;
    throw new InvalidInputError("until", `${said}: wanted an instant within 90 days from now`);
  }
  if (row.silenced_until === until) return unchanged(row);
  return changedByPerson(row, silencedBy(toIncident(row), action, until));
}

/** The incident as acknowledged; the write holds only while the row has this version. */
export function acknowledged(row: IncidentRow, action: PersonAction): Change<IncidentRow> {
  if (row.acknowledged_at !== null) return unchanged(row);
  return changedByPerson(row, acknowledgedBy(toIncident(row), action));
}

/** The incident as resolved; the write holds only while the row has this version. */
export function resolvedByHand(row: IncidentRow, action: PersonAction): Change<IncidentRow> {
  if (row.state === "RESOLVED") return unchanged(row);
  if (row.state === "CLOSED") {
    throw new ConflictError(`Cannot resolve incident "${row.id}" as it is closed`);
  }
  return changedByPerson(row, resolvedBy(toIncident(row), action));
}

/** The stored row as scoring has it. */
export function toIncident(row: IncidentRow): Incident {
  return {
    id: row.id,
    detectorId: row.detector_id,
    deviceId: row.device_id,
    fingerprint: row.fingerprint,
    kind: row.kind,
    pattern: row.pattern,
    state: row.state,
    severity: row.severity,
    peakScore: row.peak_score,
    peakAt: row.peak_at,
    openedAt: row.opened_at,
    lastAt: row.last_at,
    confirmedAt: row.confirmed_at,
    resolvedAt: row.resolved_at,
    closedAt: row.closed_at,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    ...row.silenced_until === null
      ? {}
      : { silencedUntil: row.silenced_until, silencedBy: row.silenced_by ?? "" },
    anomalyCount: row.anomaly_count,
    quietBuckets: row.quiet_buckets,
    version: row.version,
  };
}

/** The row of an incident, as an `incident.changed` event has it, too. */
export function incidentRow(tenantId: string, incident: Incident): IncidentRow {
  return {
    id: incident.id,
    tenant_id: tenantId,
    detector_id: incident.detectorId,
    device_id: incident.deviceId,
    fingerprint: incident.fingerprint,
    kind: incident.kind,
    pattern: incident.pattern,
    state: incident.state,
    severity: incident.severity,
    peak_score: incident.peakScore,
    peak_at: incident.peakAt,
    opened_at: incident.openedAt,
    last_at: incident.lastAt,
    confirmed_at: incident.confirmedAt,
    resolved_at: incident.resolvedAt,
    closed_at: incident.closedAt,
    acknowledged_at: incident.acknowledgedAt,
    acknowledged_by: incident.acknowledgedBy,
    silenced_until: incident.silencedUntil ?? null,
    silenced_by: incident.silencedBy ?? null,
    anomaly_count: incident.anomalyCount,
    quiet_buckets: incident.quietBuckets,
    version: incident.version,
  };
}

/**
 * Stores an incident in its newest version; the write holds only while the stored one has the version
 * `from`, 0 for an incident that is not stored yet.
 */
export function incidentStatement(tenantId: string, incident: Incident, from: number) {
  const row = incidentRow(tenantId, incident);
  const values = { ...row, pattern: JSON.stringify(row.pattern) };
  if (from === 0) {
    return guarded(
      build.insertInto("incidents").values(values)
        .onConflict((conflict) => conflict.column("id").doNothing()),
    );
  }
  const { id, tenant_id: _tenant, ...changed } = values;
  return guarded(
    build.updateTable("incidents").set(changed)
      .where("tenant_id", "=", tenantId).where("id", "=", id).where("version", "=", from),
  );
}

/** From the first until after the last anomalous instant of each confirmed incident, oldest first. */
export async function listConfirmedTimes(
  tenant: TenantDb,
  detectorId: string,
  deviceId: string,
): Promise<TimeRange[]> {
  const rows = await incidentsOf(tenant).where("device_id", "=", deviceId)
    .where("detector_id", "=", detectorId).where("confirmed_at", "is not", null)
    .orderBy("opened_at").execute();
  return rows.map(({ opened_at, last_at }) => ({ from: opened_at, until: last_at + 1 }));
}

/** Incidents of a device that are not CLOSED, oldest first: those that the next bucket may change. */
export async function listUnfinishedIncidents(
  tenant: TenantDb,
  deviceId: string,
): Promise<IncidentRow[]> {
  const rows = await incidentsOf(tenant).where("device_id", "=", deviceId)
    // Written out, not bound, so that SQLite sees the partial index.
    .where(sql<boolean>`state <> 'CLOSED'`)
    .orderBy("opened_at").orderBy("id").execute();
  return rows.map(toIncidentRow);
}

/** Incidents that are not CLOSED and that a person has acted on, newest first: what edges must hear of. */
export async function listPersonsIncidents(tenant: TenantDb): Promise<IncidentRow[]> {
  const rows = await incidentsOf(tenant).where(sql<boolean>`state <> 'CLOSED'`)
    .where((eb) => eb("acknowledged_at", "is not", null).or("silenced_until", "is not", null))
    .orderBy("opened_at", "desc").limit(PERSONS_INCIDENTS_MAX).execute();
  return rows.map(toIncidentRow);
}

async function getIncident(tenant: TenantDb, id: string): Promise<IncidentRow> {
  const row = await findIncident(tenant, id);
  if (!row) throw new NotFoundError("incident", id);
  return row;
}

function changedByPerson(row: IncidentRow, change: IncidentChange): Change<IncidentRow> {
  const { tenant_id: tenantId, id: subjectId } = row;
  const update = incidentStatement(tenantId, change.incident, row.version);
  const event = eventStatement({
    tenantId,
    type: "incident.changed",
    subjectId,
    payload: change,
    at: change.at,
  });
  return {
    subject: incidentRow(tenantId, change.incident),
    write: { statements: [update, event] },
  };
}

function unchanged(row: IncidentRow): Change<IncidentRow> {
  return { subject: row, write: { statements: [] } };
}

function incidentsOf(tenant: TenantDb) {
  return tenant.db.selectFrom("incidents").selectAll().where("tenant_id", "=", tenant.tenantId);
}

function toIncidentRow(row: Stored): IncidentRow {
  return {
    ...row,
    pattern: JSON.parse(row.pattern),
    state: row.state as IncidentState,
    severity: row.severity as Severity,
    kind: row.kind as AnomalyKind,
  };
}
