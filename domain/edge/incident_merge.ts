import type { Incident, IncidentChange, IncidentState } from "../../scoring/incident/mod.ts";

/** How far an incident has gone in quiet: what an edge tells again has not gone further. */
const QUIET_RANK: Readonly<Record<IncidentState, number>> = {
  SUSPECTED: 0,
  OPEN: 0,
  RECOVERING: 1,
  RESOLVED: 2,
  CLOSED: 3,
};

/**
 * An edge's change of an incident on top of what is stored, or `undefined` when it is known already.
 *
 * An edge counts its own versions, so the stored one goes on by one. What a person has done here wins:
 * an acknowledgement and a silence stay, and an incident that was resolved here stays so until a bucket after that
 * instant is anomalous.
 */
export function mergedChange(
  stored: Incident | undefined,
  change: IncidentChange,
): IncidentChange | undefined {
  const { incident } = change;
  if (!stored) return { ...change, incident: { ...incident, version: 1 } };
  if (isKnown(stored, change)) return undefined;
  const next: Incident = {
    ...incident,
    acknowledgedAt: stored.acknowledgedAt ?? incident.acknowledgedAt,
    acknowledgedBy: stored.acknowledgedBy ?? incident.acknowledgedBy,
    silencedUntil: stored.silencedUntil,
    silencedBy: stored.silencedBy,
    version: stored.version + 1,
  };
  if (!isStillResolved(stored, change)) return { ...change, incident: next };
  return {
    ...change,
    incident: { ...next, state: "RESOLVED", resolvedAt: stored.resolvedAt },
  };
}

/** A change that counts fewer anomalies, or as many and is not quieter, was told before. */
function isKnown(stored: Incident, { incident }: IncidentChange): boolean {
  if (incident.anomalyCount !== stored.anomalyCount) {
    return incident.anomalyCount < stored.anomalyCount;
  }
  return QUIET_RANK[incident.state] <= QUIET_RANK[stored.state];
}

/** Whether the edge does not know yet that a person has resolved it, and nothing has happened since. */
function isStillResolved(stored: Incident, { action, at }: IncidentChange): boolean {
  if (stored.state !== "RESOLVED" || action === "REOPEN" || action === "CLOSE") return false;
  return stored.resolvedAt !== null && at <= stored.resolvedAt;
}
