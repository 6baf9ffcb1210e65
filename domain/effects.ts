import type { Anomaly, IncidentChange } from "../scoring/incident/mod.ts";
import type { DeviceEffects } from "../scoring/pipeline/mod.ts";
import { anomalyRow } from "./anomalies.ts";
import { build, statement } from "./build.ts";
import { eventStatements, type NewEvent } from "./event_log.ts";
import { incidentStatement } from "./incidents.ts";
import { type PointRow, pointStatements } from "./points.ts";
import { progressStatements } from "./progress.ts";
import type { Statement, Write } from "./write.ts";

/** Rows of 22 columns in one statement: SQLite takes 32,766 parameters. */
const ANOMALIES_PER_STATEMENT = 500;

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
    ...anomalyStatements(context, anomalies),
  ];
  const events = effects.flatMap((effect) => eventsOf(context, effect));
  if (events.length > 0) statements.push(eventStatements(events));
  return { statements };
}

/** The newest version of each incident, guarded by the version that its first change was made from. */
function incidentStatements(tenantId: string, changes: readonly IncidentChange[]): Statement[] {
  const byIncident = Map.groupBy(changes, ({ incident }) => incident.id);
  return [...byIncident.values()].map((own) =>
    incidentStatement(tenantId, own[own.length - 1].incident, own[0].incident.version - 1)
  );
}

function pointRows(context: EffectsContext, effects: readonly DeviceEffects[]): PointRow[] {
  const rows: PointRow[] = [];
  for (const { deviceId, points } of effects) {
    let metricId = "";
    let seriesId = 0;
    // Points come ordered by metric, so that a series is looked up once.
    for (const point of points) {
      if (point.metricId !== metricId) {
        metricId = point.metricId;
        seriesId = context.seriesId(deviceId, metricId);
      }
      rows.push({ seriesId, at: point.at, value: point.value, isLate: point.late });
    }
  }
  return rows;
}

function anomalyStatements(context: EffectsContext, anomalies: readonly Anomaly[]): Statement[] {
  const { tenantId, at: createdAt } = context;
  const rows = anomalies.map((anomaly) => {
    const detectorName = context.detectorName(anomaly.detectorId);
    const row = anomalyRow(anomaly, { tenantId, detectorName, createdAt });
    return { ...row, contributions: JSON.stringify(row.contributions) };
  });
  const statements: Statement[] = [];
  for (let start = 0; start < rows.length; start += ANOMALIES_PER_STATEMENT) {
    const some = rows.slice(start, start + ANOMALIES_PER_STATEMENT);
    // The id says all that makes an anomaly: one that is there already is this one.
    const insert = build.insertInto("anomalies").values(some)
      .onConflict((conflict) => conflict.column("id").doNothing());
    statements.push(statement(insert, some.length));
  }
  return statements;
}

/** What is told, by event time; an anomaly before what it does to its incident. */
function eventsOf({ tenantId, at }: EffectsContext, effects: DeviceEffects): NewEvent[] {
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
