import { assertEquals } from "@std/assert";
import { mergedChange } from "../../../domain/edge/incident_merge.ts";
import type { Incident, IncidentAction, IncidentState } from "../../../scoring/incident/mod.ts";

const AT = 1_000_000;

function incident(state: IncidentState, more: Partial<Incident> = {}): Incident {
  return {
    id: "i",
    detectorId: "d",
    deviceId: "p",
    fingerprint: "f",
    kind: "RESOURCE",
    pattern: [],
    state,
    severity: "LOW",
    peakScore: 0.7,
    peakAt: AT,
    openedAt: AT,
    lastAt: AT,
    confirmedAt: AT,
    resolvedAt: null,
    closedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    anomalyCount: 3,
    quietBuckets: 0,
    version: 3,
    ...more,
  };
}

function change(
  action: IncidentAction,
  state: IncidentState,
  more: Partial<Incident> = {},
  at = AT,
) {
  return { action, at, incident: incident(state, more) };
}

const BY_HAND = { acknowledgedAt: AT + 5, acknowledgedBy: "ann", version: 9 };
const RESOLVED = { ...BY_HAND, resolvedAt: AT + 5 };

Deno.test("an incident that is not stored is taken as it is, as version 1", () => {
  const merged = mergedChange(undefined, change("CREATE", "SUSPECTED"));
  assertEquals(merged?.incident, incident("SUSPECTED", { version: 1 }));
});

const cases = [
  [
    "an acknowledgement here stays",
    "OPEN",
    BY_HAND,
    change("CONTINUE", "OPEN", { anomalyCount: 4 }),
    "OPEN",
  ],
  [
    "a bucket before a person resolved it leaves it resolved",
    "RESOLVED",
    RESOLVED,
    change("CONTINUE", "OPEN", { anomalyCount: 4 }),
    "RESOLVED",
  ],
  [
    "a bucket after a person resolved it opens it",
    "RESOLVED",
    RESOLVED,
    change("CONTINUE", "OPEN", { anomalyCount: 4 }, AT + 6),
    "OPEN",
  ],
  [
    "one that the edge reopened is open",
    "RESOLVED",
    RESOLVED,
    change("REOPEN", "OPEN", { anomalyCount: 4 }),
    "OPEN",
  ],
  [
    "one that was resolved here can be closed",
    "RESOLVED",
    RESOLVED,
    change("CLOSE", "CLOSED"),
    "CLOSED",
  ],
] as const;

for (const [name, state, more, sent, expected] of cases) {
  Deno.test(`merge: ${name}`, () => {
    const merged = mergedChange(incident(state, more), sent);
    assertEquals(merged?.incident.state, expected);
    assertEquals(merged?.incident.acknowledgedBy, "ann");
    assertEquals(merged?.incident.version, 10);
  });
}

const known = [
  ["an anomaly that was counted", "OPEN", change("CONTINUE", "OPEN")],
  ["its creation", "OPEN", change("CREATE", "SUSPECTED", { anomalyCount: 1 })],
  ["a recovery that was seen", "RECOVERING", change("RECOVER", "RECOVERING")],
  ["a recovery of one that is closed", "CLOSED", change("RECOVER", "RECOVERING")],
  ["an edge's own end of one that a person resolved", "RESOLVED", change("RESOLVE", "RESOLVED")],
] as const;

for (const [name, state, sent] of known) {
  Deno.test(`merge: ${name} is no news`, () => {
    assertEquals(mergedChange(incident(state), sent), undefined);
  });
}
