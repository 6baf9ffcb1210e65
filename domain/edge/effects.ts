import type { Anomaly, IncidentChange } from "../../scoring/incident/mod.ts";
import type { DeviceEffects } from "../../scoring/pipeline/mod.ts";
import { type AnomalyRow, anomalyRow, anomalyStatements } from "../anomalies.ts";
import { eventStatements, type NewEvent } from "../storage/event_log.ts";
import { incidentStatement } from "../incidents.ts";
import { type PointRow, pointStatements } from "./points.ts";
import { progressStatements } from "./progress.ts";
import type { Statement, Write } from "../storage/write.ts";

/** What effects do not say and their rows need. */
export interface EffectsContext {
  readonly tenantId: string;
  /** Wall clock, ms. */
  readonly at: number;
  /** Id of the series of a device and metric; all of them exist. */
  readonly seriesId: (deviceId: string, metricId: string) => number;
  /** Version of a device's stored progress that its effects were folded from; 0 for none. */
  readonly progressVersion: (deviceId: string) => number;
  readonly detectorName: (detectorId: string) => string;
}

/**
 * All that folds have changed as one write. It holds only while every device and every incident is
 * as it was when it was folded; these guards come first, so that an overtaken write fails by them
 * and not by a row that is there already.
 */
export function effectsWrite(context: EffectsContext, effects: readonly DeviceEffects[]): Write {
  const { tenantId, at } = context;
  const steps = effects.map(({ deviceId, watermark }) => (
    { deviceId, watermark, from: context.progressVersion(deviceId) }
  ));
  const changes = effects.flatMap(({ incidentChanges }) => incidentChanges);
  const anomalies = effects.flatMap((effect) => effect.anomalies);
  const statements = [
    ...progressStatements(tenantId, steps, at),
    ...incidentStatements(tenantId, changes),
    ...pointStatements(pointRows(context, effects)),
    ...anomalyStatements(anomalies.map((anomaly) => toRow(context, anomaly))),
  ];
  const events = effects.flatMap((effect) => eventsOf(context, effect));
  if (events.length > 0) statements.push(eventStatements(events));
  return { statements };
}

function toRow({ tenantId, at, detectorName }: EffectsContext, anomaly: Anomaly): AnomalyRow {
  return anomalyRow(anomaly, {
    tenantId,
    detectorName: detectorName(anomaly.detectorId),
    createdAt: at,
  });
}

/** The newest version of each incident, guarded by the version that its first change was made from. */
function incidentStatements(tenantId: string, changes: readonly IncidentChange[]): Statement[] {
  const byIncident = Map.groupBy(changes, ({ incident }) => incident.id);
  return [...byIncident.values()].map((own) =>
    incidentStatement(tenantId, own[own.length - 1].incident, own[0].incident.version - 1)
  );
}

/** The points of folds as rows of their series. */
export function pointRows(
  { seriesId: seriesIdOf }: Pick<EffectsContext, "seriesId">,
  effects: readonly DeviceEffects[],
): PointRow[] {
  const rows: PointRow[] = [];
  for (const { deviceId, points } of effects) {
    let metricId = "";
    let seriesId = 0;
    // Points come ordered by metric, so that a series is looked up once.
    for (const point of points) {
      if (point.metricId !== metricId) {
        metricId = point.metricId;
        seriesId = seriesIdOf(deviceId, metricId);
      }
      rows.push({ seriesId, at: point.at, value: point.value, isLate: point.late });
    }
  }
  return rows;
}

/** What is told, by event time; an anomaly before what it does to its incident. */
export function eventsOf(
  { tenantId, at }: Pick<EffectsContext, "tenantId" | "at">,
  effects: Pick<DeviceEffects, "anomalies" | "incidentChanges">,
): NewEvent[] {
  const told = [
    ...effects.anomalies.map((payload) => (
      { type: "anomaly.detected" as const, subjectId: payload.id, payload }
    )),
    ...effects.incidentChanges.map((payload) => (
      { type: "incident.changed" as const, subjectId: payload.incident.id, payload }
    )),
  ];
  return told.sort((left, right) => left.payload.at - right.payload.at)
    .map((event) => ({ tenantId, at, ...event }));
}
