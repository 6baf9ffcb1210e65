import type { Incident, IncidentChange } from "./incident.ts";

/** Who did it, and when by the wall clock, ms. */
export interface PersonAction {
  readonly by: string;
  readonly at: number;
}

/** A person has seen the incident; the first who did stays named. */
export function acknowledgedBy(incident: Incident, { by, at }: PersonAction): IncidentChange {
  const next: Incident = {
    ...incident,
    acknowledgedAt: incident.acknowledgedAt ?? at,
    acknowledgedBy: incident.acknowledgedBy ?? by,
    version: incident.version + 1,
  };
  return { action: "ACKNOWLEDGE", at, incident: next };
}

/**
 * A person says that it is over, which also acknowledges it. The next anomalous bucket of the same
 * pattern within the separation reopens it.
 */
export function resolvedBy(incident: Incident, { by, at }: PersonAction): IncidentChange {
  const next: Incident = {
    ...incident,
    state: "RESOLVED",
    resolvedAt: at,
    acknowledgedAt: incident.acknowledgedAt ?? at,
    acknowledgedBy: incident.acknowledgedBy ?? by,
    version: incident.version + 1,
  };
  return { action: "RESOLVE", at, incident: next };
}
