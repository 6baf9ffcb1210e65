import type { Anomaly, Incident, IncidentChange } from "../../scoring/incident/mod.ts";
import type {
  EdgeReport,
  QuarantinedSeries,
  RefusedItem,
  SyncItem,
} from "../../scoring/edge/standalone/protocol.ts";
import type { DeviceEffects } from "../../scoring/pipeline/mod.ts";
import { anomalyRow, anomalyStatements, loadAnomalies } from "../anomalies.ts";
import { build, guarded } from "../storage/build.ts";
import { type EdgeCommands, listCommands } from "./edge_commands.ts";
import { sketchStatements } from "./edge_sketches.ts";
import { checkSubjects } from "./sync_subjects.ts";
import { type Edge, edgeChangedStatements, findEdge } from "./edges.ts";
import { eventsOf, pointRows } from "./effects.ts";
import { ConflictError } from "../errors.ts";
import { eventStatements } from "../storage/event_log.ts";
import { mergedChange } from "./incident_merge.ts";
import { incidentStatement, loadIncidents, toIncident } from "../incidents.ts";
import { checkedName } from "../input.ts";
import { pointStatements } from "./points.ts";
import { followedProgress } from "./progress.ts";
import { edgeQuarantineStatements } from "../fleet/quarantined_series.ts";
import { ensureSeries, type SeriesKey } from "../fleet/series.ts";
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
  /** `null` for an item that was refused before; nothing of it is stored, and it counts as dealt with. */
  readonly items: readonly (SyncItem | null)[];
  /** The edge has dropped or set aside the items between the last one acknowledged and the first. */
  readonly isAfterGap?: boolean;
  /** Tag of the commands that the edge has obeyed. */
  readonly commandsTag?: string;
  /** Series that the edge keeps out, of each all that it has counted. */
  readonly quarantine?: readonly QuarantinedSeries[];
  /** What the edge says of itself; what it said last stays without. */
  readonly report?: EdgeReport;
}

/** What it is answered. */
export interface SyncOutcome extends EdgeCommands {
  /** All items up to this one are stored or refused. */
  readonly ackSeq: number;
  /** Items that name what the tenant does not have, whether they were acknowledged before or not. */
  readonly refused: readonly RefusedItem[];
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
 * An item that names what the tenant lacks is refused alone.
 *
 * @throws {SyncGapError}
 * @throws {InvalidInputError} When the edge's name is none.
 */
export async function applySync(
  tenant: TenantDb,
  { edgeId: givenId, epoch, firstSeq, items, isAfterGap, commandsTag, quarantine, report }:
    SyncItems,
  { now, writer }: SyncDeps,
): Promise<Change<SyncOutcome>> {
  const edgeId = checkedName("edgeId", givenId);
  const edge = await findEdge(tenant, edgeId, now());
  const stored = edge?.epoch === epoch ? edge.ack_seq : 0;
  const acknowledged = isAfterGap ? Math.max(stored, firstSeq - 1) : stored;
  if (firstSeq > acknowledged + 1) throw new SyncGapError(acknowledged + 1, firstSeq);
  const checked = await checkSubjects(tenant, items, firstSeq);
  const fresh = checked.items.slice(acknowledged + 1 - firstSeq);
  const ackSeq = acknowledged + fresh.length;
  const good = fresh.filter((item) => item !== null);
  const merged = await mergedEffects(tenant, good);
  const seen: Edge = {
    tenant_id: tenant.tenantId,
    edge_id: edgeId,
    epoch,
    ack_seq: ackSeq,
    last_seen_at: now(),
    status: "online",
    report: mergedReport(edge?.report ?? null, report),
  };
  const statements = [
    acknowledgedStatement(edge, seen),
    ...await storedStatements(tenant, good, { now, writer }),
    ...sketchStatements(tenant.tenantId, edgeId, good, now()),
    ...toldStatements(tenant.tenantId, merged, checked.detectorNames, now()),
    ...edgeChangedStatements(edge, seen),
    ...edgeQuarantineStatements(tenant.tenantId, edgeId, quarantine ?? []),
  ];
  const changed = new Map([...merged.incidents].map(([id, { incident }]) => [id, incident]));
  const commands = await listCommands(tenant, commandsTag, changed);
  return { subject: { ackSeq, refused: checked.refused, ...commands }, write: { statements } };
}

/** The edge's place in its log; the write holds only while it is where it was. */
/** An edge tells its models when they are others. */
function mergedReport(before: EdgeReport | null, now: EdgeReport | undefined): EdgeReport | null {
  if (now === undefined || before?.models === undefined) return now ?? before;
  return { ...now, models: now.models ?? before.models };
}

function acknowledgedStatement(before: Edge | undefined, { report, ...place }: Edge): Statement {
  const seen = { ...place, report: JSON.stringify(report ?? {}) };
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

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function keyOf(deviceId: string, metricId: string): string {
  return JSON.stringify([deviceId, metricId]);
}
