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

/**
 * A person wants to hear no more of the incident until an instant, or, without one, of it again. It
 * goes on as before: silence is no resolution.
 */
export function silencedBy(
  incident: Incident,
  { by, at }: PersonAction,
  until: number | null,
): IncidentChange {
  const { silencedUntil: _until, silencedBy: _by, ...rest } = incident;
  const next: Incident = {
    ...rest,
    ...until === null ? {} : { silencedUntil: until, silencedBy: by },
    version: incident.version + 1,
  };
  return { action: "SILENCE", at, incident: next };
}
