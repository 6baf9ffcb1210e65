import { worseSeverity } from "../detect/judge/severity.ts";
import type { Severity } from "../detect/judge/verdict.ts";
import { fingerprintOf, incidentId } from "./identity.ts";
import type { IncidentSubject } from "./identity.ts";
import type {
  AnomalyKind,
  Incident,
  IncidentAction,
  IncidentChange,
  IncidentPolicy,
  PatternMetric,
} from "./incident.ts";

/** Which detector's incidents of which device, and by which rules. */
export interface IncidentScope extends IncidentSubject {
  readonly policy: IncidentPolicy;
  /** Width of the detector's buckets, ms. */
  readonly bucketMs: number;
  /** The detector raises one alarm for the device as a whole, whatever metrics lead it. */
  readonly isDeviceAlarm: boolean;
}

/** What makes a bucket anomalous, as far as incidents care. */
export interface Finding {
  readonly kind: AnomalyKind;
  readonly pattern: readonly PatternMetric[];
  readonly score: number;
  readonly severity: Severity;
}

/** A closed bucket; without a finding it is normal, silent or could not be judged. */
export interface ClosedBucket {
  /** Start of the bucket, ms. */
  readonly at: number;
  readonly finding?: Finding;
}

/** What a bucket has done to the incidents of a detector and device. */
export interface IncidentStep {
  /** Those that are not CLOSED after the bucket. */
  readonly incidents: readonly Incident[];
  /** In order of event time. */
  readonly changes: readonly IncidentChange[];
  /** The incident that the finding opened or joined. */
  readonly joined?: Incident;
}

/**
 * Takes a closed bucket, and with it every bucket since the last one given, which counts as quiet.
 *
 * What quiet buckets do follows from `lastAt` alone, so quiet buckets may be given or left out: the
 * changes, their times and their order are the same.
 *
 * @param active Incidents of the scope that are not CLOSED, oldest first.
 */
export function advanceIncidents(
  scope: IncidentScope,
  active: readonly Incident[],
  bucket: ClosedBucket,
): IncidentStep {
  const { finding } = bucket;
  if (!finding) return settled(scope, active, bucket.at);
  const before = settled(scope, active, bucket.at - scope.bucketMs);
  const met = findMatch(scope, before.incidents, bucket.at, finding);
  const own = met ? [joinedBy(scope, met, bucket.at, finding)] : opened(scope, bucket.at, finding);
  const joined = own[own.length - 1].incident;
  const incidents = met
    ? before.incidents.map((incident) => incident === met ? joined : incident)
    : [...before.incidents, joined];
  const after = settled(scope, incidents, bucket.at);
  return {
    incidents: after.incidents,
    changes: [...before.changes, ...own, ...after.changes],
    joined,
  };
}

/** True when quiet buckets up to and including the one at `until` would change an incident. */
export function isQuietDue(
  scope: IncidentScope,
  active: readonly Incident[],
  until: number,
): boolean {
  return active.some((incident) => (nextQuiet(scope, incident)?.at ?? Infinity) <= until);
}

/** All that quiet buckets up to and including the one at `until` bring about. */
function settled(
  scope: IncidentScope,
  active: readonly Incident[],
  until: number,
): IncidentStep {
  const changes: IncidentChange[] = [];
  const incidents: Incident[] = [];
  for (const incident of active) {
    let current = incident;
    for (let due = nextQuiet(scope, current); due && due.at <= until;) {
      changes.push(due);
      current = due.incident;
      due = nextQuiet(scope, current);
    }
    if (current.state !== "CLOSED") incidents.push(current);
  }
  // Bucket by bucket over all incidents, so that the order does not depend on where folds end.
  if (changes.length > 1) changes.sort((left, right) => left.at - right.at);
  return { incidents, changes };
}

/** The next change of an incident if no anomalous bucket comes first; `undefined` once CLOSED. */
function nextQuiet(scope: IncidentScope, incident: Incident): IncidentChange | undefined {
  const { graceBuckets, separationMs } = scope.policy;
  const after = (buckets: number) => incident.lastAt + buckets * scope.bucketMs;
  switch (incident.state) {
    case "SUSPECTED":
      return quiet(scope, incident, "CLOSE", after(graceBuckets), "CLOSED");
    case "OPEN":
      return quiet(scope, incident, "RECOVER", after(1), "RECOVERING");
    case "RECOVERING":
      return quiet(scope, incident, "RESOLVE", after(graceBuckets), "RESOLVED");
    case "RESOLVED": {
      const separated = Math.floor(separationMs / scope.bucketMs) + 1;
      const at = after(Math.max(graceBuckets, separated));
      return quiet(scope, incident, "CLOSE", at, "CLOSED");
    }
    case "CLOSED":
      return undefined;
  }
}

function quiet(
  scope: IncidentScope,
  incident: Incident,
  action: IncidentAction,
  at: number,
  state: Incident["state"],
): IncidentChange {
  const next: Incident = {
    ...incident,
    state,
    resolvedAt: action === "RESOLVE" ? at : incident.resolvedAt,
    closedAt: action === "CLOSE" ? at : incident.closedAt,
    quietBuckets: Math.floor((at - incident.lastAt) / scope.bucketMs),
    version: incident.version + 1,
  };
  return { action, at, incident: next };
}

/** The unresolved incident that shares most metrics, else a resolved one of the very same pattern. */
function findMatch(
  scope: IncidentScope,
  active: readonly Incident[],
  at: number,
  finding: Finding,
): Incident | undefined {
  if (scope.isDeviceAlarm) return active.findLast((incident) => isJoinable(scope, incident, at));
  let best: Incident | undefined;
  let most = 0;
  for (const incident of active) {
    if (incident.state === "RESOLVED") continue;
    const shared = sharedMetrics(incident.pattern, finding.pattern);
    if (shared > most) [best, most] = [incident, shared];
  }
  if (best) return best;
  const fingerprint = fingerprintOf(scope, finding.kind, finding.pattern);
  return active.find((incident) =>
    incident.state === "RESOLVED" && incident.fingerprint === fingerprint &&
    isJoinable(scope, incident, at)
  );
}

function isJoinable({ policy }: IncidentScope, { state, lastAt }: Incident, at: number): boolean {
  return state !== "RESOLVED" || at - lastAt <= policy.separationMs;
}

function sharedMetrics(left: readonly PatternMetric[], right: readonly PatternMetric[]): number {
  return left.filter(({ metric }) => right.some((other) => other.metric === metric)).length;
}

function joinedBy(
  scope: IncidentScope,
  incident: Incident,
  at: number,
  finding: Finding,
): IncidentChange {
  const anomalyCount = incident.anomalyCount + 1;
  const isPeak = finding.score > incident.peakScore;
  const action = joinAction(incident, anomalyCount, scope.policy);
  const isOpen = incident.state !== "SUSPECTED" || action === "CONFIRM";
  const next: Incident = {
    ...incident,
    state: isOpen ? "OPEN" : "SUSPECTED",
    severity: worseSeverity(incident.severity, finding.severity),
    peakScore: isPeak ? finding.score : incident.peakScore,
    peakAt: isPeak ? at : incident.peakAt,
    lastAt: at,
    confirmedAt: isOpen ? incident.confirmedAt ?? at : null,
    resolvedAt: null,
    anomalyCount,
    quietBuckets: 0,
    version: incident.version + 1,
  };
  return { action, at, incident: next };
}

function joinAction(
  incident: Incident,
  anomalyCount: number,
  policy: IncidentPolicy,
): IncidentAction {
  if (incident.state === "RESOLVED") return "REOPEN";
  if (incident.state !== "SUSPECTED") return "CONTINUE";
  return anomalyCount >= policy.confirmBuckets ? "CONFIRM" : "CONTINUE";
}

/** A new incident: suspected, and confirmed at once where one bucket is enough. */
function opened(scope: IncidentScope, at: number, finding: Finding): IncidentChange[] {
  const suspected = newIncident(scope, at, finding);
  const created: IncidentChange = { action: "CREATE", at, incident: suspected };
  if (scope.policy.confirmBuckets > 1) return [created];
  const incident: Incident = { ...suspected, state: "OPEN", confirmedAt: at, version: 2 };
  return [created, { action: "CONFIRM", at, incident }];
}

function newIncident(scope: IncidentScope, at: number, finding: Finding): Incident {
  const fingerprint = fingerprintOf(scope, finding.kind, finding.pattern);
  return {
    id: incidentId(scope, fingerprint, at),
    detectorId: scope.detectorId,
    deviceId: scope.deviceId,
    fingerprint,
    kind: finding.kind,
    pattern: finding.pattern,
    state: "SUSPECTED",
    severity: finding.severity,
    peakScore: finding.score,
    peakAt: at,
    openedAt: at,
    lastAt: at,
    confirmedAt: null,
    resolvedAt: null,
    closedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    anomalyCount: 1,
    quietBuckets: 0,
    version: 1,
  };
}
