import type { Anomaly, Incident, IncidentChange } from "../../scoring/incident/mod.ts";
import type { DeviceEffects } from "../../scoring/pipeline/mod.ts";
import { anomalyRow, anomalyStatements, loadAnomalies } from "../anomalies.ts";
import { build, guarded } from "../storage/build.ts";
import { loadDetectors } from "../detectors.ts";
import { loadDevices } from "../devices.ts";
import { type Edge, edgeChangedStatements, findEdge } from "./edges.ts";
import { eventsOf, pointRows } from "./effects.ts";
import { ConflictError, InvalidInputError } from "../errors.ts";
import { eventStatements } from "../storage/event_log.ts";
import { mergedChange } from "./incident_merge.ts";
import {
  incidentStatement,
  listPersonsIncidents,
  loadIncidents,
  toIncident,
} from "../incidents.ts";
import { checkedName } from "../input.ts";
import { loadMetrics } from "../metrics.ts";
import { pointStatements } from "./points.ts";
import { followedProgress } from "./progress.ts";
import { ensureSeries, type SeriesKey } from "../series.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Change, Statement, Writer } from "../storage/write.ts";

/** Items are missing between what is stored and what was sent. */
export class SyncGapError extends ConflictError {
  /** @param wantedSeq Number of the item that must come first. */
  constructor(readonly wantedSeq: number, firstSeq: number) {
    super(`Cannot store items from ${firstSeq} on as ${wantedSeq} is wanted next`, "firstSeq");
  }
}

/** What an edge sends: what it has folded since it was last acknowledged. */
export interface SyncItems {
  /** The edge's own name, unique in its tenant. */
  readonly edgeId: string;
  /** Drawn anew whenever the edge's log starts anew. */
  readonly epoch: string;
  /** Number of the first item; they are numbered from 1 without gaps in an epoch. */
  readonly firstSeq: number;
  readonly items: readonly DeviceEffects[];
}

/** What it is answered. */
export interface SyncOutcome {
  /** All items up to this one are stored. */
  readonly ackSeq: number;
  /** Incidents that a person has acted on, as they are stored now. */
  readonly commands: readonly Incident[];
}

export interface SyncDeps {
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Makes the series of points that are the first of theirs, ahead of the change itself. */
  readonly writer: Writer;
}

/**
 * Stores what an edge has folded and not been acknowledged for. Items that are stored already are
 * skipped, by their numbers; after the edge has lost its disk and begun a new epoch, by their ids.
 *
 * @throws {SyncGapError}
 * @throws {InvalidInputError} When an item names a device, metric or detector that the tenant lacks.
 */
export async function applySync(
  tenant: TenantDb,
  { edgeId: givenId, epoch, firstSeq, items }: SyncItems,
  { now, writer }: SyncDeps,
): Promise<Change<SyncOutcome>> {
  const edgeId = checkedName("edgeId", givenId);
  const edge = await findEdge(tenant, edgeId, now());
  const acknowledged = edge?.epoch === epoch ? edge.ack_seq : 0;
  if (firstSeq > acknowledged + 1) throw new SyncGapError(acknowledged + 1, firstSeq);
  const fresh = items.slice(acknowledged + 1 - firstSeq);
  const ackSeq = acknowledged + fresh.length;
  const names = await checkedSubjects(tenant, fresh);
  const merged = await mergedEffects(tenant, fresh);
  const seen: Edge = {
    tenant_id: tenant.tenantId,
    edge_id: edgeId,
    epoch,
    ack_seq: ackSeq,
    last_seen_at: now(),
    status: "online",
  };
  const statements = [
    acknowledgedStatement(edge, seen),
    ...await storedStatements(tenant, fresh, { now, writer }),
    ...toldStatements(tenant.tenantId, merged, names, now()),
    ...edgeChangedStatements(edge, seen),
  ];
  const commands = await commandsAfter(tenant, merged);
  return { subject: { ackSeq, commands }, write: { statements } };
}

/** The edge's place in its log; the write holds only while it is where it was. */
function acknowledgedStatement(before: Edge | undefined, { ...seen }: Edge): Statement {
  if (!before) {
    return guarded(
      build.insertInto("edges").values(seen)
        .onConflict((conflict) => conflict.columns(["tenant_id", "edge_id"]).doNothing()),
    );
  }
  return guarded(
    build.updateTable("edges").set(seen)
      .where("tenant_id", "=", before.tenant_id).where("edge_id", "=", before.edge_id)
      .where("epoch", "=", before.epoch).where("ack_seq", "=", before.ack_seq),
  );
}

/** Names of the detectors in the items, by id, once all that the items name is known to exist. */
async function checkedSubjects(
  tenant: TenantDb,
  items: readonly DeviceEffects[],
): Promise<ReadonlyMap<string, string>> {
  const deviceIds = unique(items.flatMap((item) => [
    item.deviceId,
    ...item.anomalies.map(({ deviceId }) => deviceId),
    ...item.incidentChanges.map(({ incident }) => incident.deviceId),
  ]));
  const metricIds = unique(items.flatMap(({ points }) => points.map(({ metricId }) => metricId)));
  const detectorIds = unique(items.flatMap((item) => [
    ...item.anomalies.map(({ detectorId }) => detectorId),
    ...item.incidentChanges.map(({ incident }) => incident.detectorId),
  ]));
  checkKnown("deviceId", deviceIds, await loadDevices(tenant, deviceIds));
  checkKnown("metricId", metricIds, await loadMetrics(tenant, metricIds));
  const detectors = await loadDetectors(tenant, detectorIds);
  checkKnown("detectorId", detectorIds, detectors);
  return new Map(detectors.map((detector) => [detector!.id, detector!.name]));
}

function checkKnown(field: string, ids: readonly string[], rows: readonly unknown[]): void {
  const missing = rows.indexOf(undefined);
  if (missing < 0) return;
  const said = `Cannot store items as ${field} ${JSON.stringify(ids[missing])} does not exist`;
  throw new InvalidInputError(`items.${field}`, said);
}

/** What of the items is new, and how the stored incidents go on. */
interface MergedEffects {
  readonly anomalies: readonly Anomaly[];
  /** In order; an incident may change several times. */
  readonly incidentChanges: readonly IncidentChange[];
  /** Incidents in their newest version, with the stored version that they follow; 0 for none. */
  readonly incidents: ReadonlyMap<string, { readonly from: number; readonly incident: Incident }>;
}

async function mergedEffects(
  tenant: TenantDb,
  items: readonly DeviceEffects[],
): Promise<MergedEffects> {
  const changes = items.flatMap((item) => item.incidentChanges);
  const stored = await loadIncidents(tenant, unique(changes.map(({ incident }) => incident.id)));
  const before = new Map(stored.flatMap((row) => row ? [[row.id, toIncident(row)]] : []));
  const incidents = new Map<string, { from: number; incident: Incident }>();
  const incidentChanges: IncidentChange[] = [];
  for (const change of changes) {
    const { id } = change.incident;
    const known = incidents.get(id)?.incident ?? before.get(id);
    const merged = mergedChange(known, change);
    if (!merged) continue;
    incidentChanges.push(merged);
    incidents.set(id, { from: before.get(id)?.version ?? 0, incident: merged.incident });
  }
  return { anomalies: await newAnomalies(tenant, items), incidentChanges, incidents };
}

async function newAnomalies(
  tenant: TenantDb,
  items: readonly DeviceEffects[],
): Promise<Anomaly[]> {
  const sent = new Map(items.flatMap((item) => item.anomalies.map((one) => [one.id, one])));
  const stored = await loadAnomalies(tenant, [...sent.keys()]);
  for (const row of stored) if (row) sent.delete(row.id);
  return [...sent.values()];
}

/** Points and progress: what is stored and not told. */
async function storedStatements(
  tenant: TenantDb,
  items: readonly DeviceEffects[],
  { now, writer }: SyncDeps,
): Promise<Statement[]> {
  if (items.length === 0) return [];
  const ids = await seriesIds(tenant, writer, items);
  const seriesId = (deviceId: string, metricId: string) => ids.get(keyOf(deviceId, metricId))!;
  return [
    followedProgress(tenant.tenantId, items, now()),
    ...pointStatements(pointRows({ seriesId }, items), { isRepeatable: true }),
  ];
}

async function seriesIds(
  tenant: TenantDb,
  writer: Writer,
  items: readonly DeviceEffects[],
): Promise<Map<string, number>> {
  const keys = new Map(
    items.flatMap(({ deviceId, points }) =>
      points.map(({ metricId }): [string, SeriesKey] => [
        keyOf(deviceId, metricId),
        [deviceId, metricId],
      ])
    ),
  );
  if (keys.size === 0) return new Map();
  const series = await ensureSeries(tenant, writer, [...keys.values()]);
  return new Map(series.map((one) => [keyOf(one.device_id, one.metric_id), one.id]));
}

/** Anomalies and incidents with the events that tell of them. */
function toldStatements(
  tenantId: string,
  merged: MergedEffects,
  detectorNames: ReadonlyMap<string, string>,
  at: number,
): Statement[] {
  const rows = merged.anomalies.map((anomaly) => {
    const detectorName = detectorNames.get(anomaly.detectorId)!;
    return anomalyRow(anomaly, { tenantId, detectorName, createdAt: at });
  });
  const incidents = [...merged.incidents.values()].map(({ incident, from }) =>
    incidentStatement(tenantId, incident, from)
  );
  const events = eventsOf({ tenantId, at }, merged);
  const told = events.length > 0 ? [eventStatements(events)] : [];
  return [...incidents, ...anomalyStatements(rows), ...told];
}

/** What persons have done to incidents that are not over, as it will be once the items are stored. */
async function commandsAfter(tenant: TenantDb, merged: MergedEffects): Promise<Incident[]> {
  const stored = (await listPersonsIncidents(tenant)).map(toIncident);
  return stored.map((incident) => merged.incidents.get(incident.id)?.incident ?? incident)
    .filter(({ state }) => state !== "CLOSED");
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function keyOf(deviceId: string, metricId: string): string {
  return JSON.stringify([deviceId, metricId]);
}
