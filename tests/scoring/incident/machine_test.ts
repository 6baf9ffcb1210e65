import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  acknowledgedBy,
  advanceIncidents,
  DEFAULT_INCIDENT_POLICY,
  resolvedBy,
} from "../../../scoring/incident/mod.ts";
import type {
  ClosedBucket,
  Finding,
  Incident,
  IncidentChange,
  IncidentPolicy,
  IncidentScope,
} from "../../../scoring/incident/mod.ts";

const BUCKET_MS = 300_000;

function scopeOf(policy: Partial<IncidentPolicy> = {}, bucketMs = BUCKET_MS): IncidentScope {
  return {
    tenantId: "tenant",
    detectorId: "detector",
    deviceId: "device",
    policy: { ...DEFAULT_INCIDENT_POLICY, ...policy },
    bucketMs,
    isDeviceAlarm: false,
  };
}

function findingOf(...metrics: string[]): Finding {
  return {
    kind: "RESOURCE",
    pattern: metrics.map((metric) => ({ metric, direction: "HIGH" })),
    score: 0.7,
    severity: "MEDIUM",
  };
}

/** Feeds buckets from 0 on, one a letter: `.` is quiet, `c` the metric cpu, `m` memory, `b` both. */
function run(letters: string, scope = scopeOf(), start: readonly Incident[] = []) {
  const findings: Record<string, Finding | undefined> = {
    c: findingOf("cpu"),
    m: findingOf("memory"),
    b: findingOf("cpu", "memory"),
  };
  let incidents = start;
  const changes: IncidentChange[] = [];
  [...letters].forEach((letter, index) => {
    const bucket = { at: index * scope.bucketMs, finding: findings[letter] };
    const step = advanceIncidents(scope, incidents, bucket);
    incidents = step.incidents;
    changes.push(...step.changes);
  });
  return { incidents, changes };
}

function stepsOf(changes: readonly IncidentChange[], bucketMs = BUCKET_MS): string {
  return changes.map(({ action, at }) => `${action}@${at / bucketMs}`).join(" ");
}

const LIVES: readonly [string, string, Partial<IncidentPolicy>, string][] = [
  ["one anomalous bucket is a suspicion that lapses", "c...", {}, "CREATE@0 CLOSE@3"],
  ["the second one confirms", "cc", {}, "CREATE@0 CONFIRM@1"],
  ["the second one confirms after a pause within grace", "c..c", {}, "CREATE@0 CONFIRM@3"],
  ["every further one continues", "cccc", {}, "CREATE@0 CONFIRM@1 CONTINUE@2 CONTINUE@3"],
  ["grace resolves", "cc...", {}, "CREATE@0 CONFIRM@1 RECOVER@2 RESOLVE@4"],
  ["recovery is broken off", "cc..c", {}, "CREATE@0 CONFIRM@1 RECOVER@2 CONTINUE@4"],
  [
    "the separation closes after 30 minutes",
    "cc........",
    {},
    "CREATE@0 CONFIRM@1 RECOVER@2 RESOLVE@4 CLOSE@8",
  ],
  [
    "the same pattern within the separation reopens",
    "cc.....c",
    {},
    "CREATE@0 CONFIRM@1 RECOVER@2 RESOLVE@4 REOPEN@7",
  ],
  [
    "another pattern within the separation is another incident",
    "cc.....m",
    {},
    "CREATE@0 CONFIRM@1 RECOVER@2 RESOLVE@4 CREATE@7",
  ],
  [
    "the same pattern after the separation is another incident",
    "cc......c",
    {},
    "CREATE@0 CONFIRM@1 RECOVER@2 RESOLVE@4 CREATE@8 CLOSE@8",
  ],
  ["a shared metric joins", "cb", {}, "CREATE@0 CONFIRM@1"],
  ["no shared metric does not", "cm", {}, "CREATE@0 CREATE@1"],
  [
    "one bucket is enough where the policy says so",
    "c",
    { confirmBuckets: 1 },
    [
      "CREATE@0",
      "CONFIRM@0",
    ].join(" "),
  ],
  [
    "three are wanted where the policy says so",
    "ccc",
    { confirmBuckets: 3 },
    [
      "CREATE@0",
      "CONTINUE@1",
      "CONFIRM@2",
    ].join(" "),
  ],
  [
    "a grace of one bucket recovers and resolves at once",
    "cc.",
    { graceBuckets: 1 },
    [
      "CREATE@0",
      "CONFIRM@1",
      "RECOVER@2",
      "RESOLVE@2",
    ].join(" "),
  ],
  [
    "a separation shorter than grace closes with it",
    "cc...",
    { separationMs: 0 },
    "CREATE@0 CONFIRM@1 RECOVER@2 RESOLVE@4 CLOSE@4",
  ],
];

for (const [name, letters, policy, steps] of LIVES) {
  Deno.test(`an incident's life: ${name} (R20)`, () =>
    assertEquals(stepsOf(run(letters, scopeOf(policy)).changes), steps));
}

Deno.test("an alarm of a whole device goes on as one incident, whatever metrics lead it", () => {
  const scope = { ...scopeOf({ confirmBuckets: 1 }), isDeviceAlarm: true };
  assertEquals(stepsOf(run("cm", scope).changes), "CREATE@0 CONFIRM@0 CONTINUE@1");
  assertEquals(
    stepsOf(run("c.....m", scope).changes),
    "CREATE@0 CONFIRM@0 RECOVER@1 RESOLVE@3 REOPEN@6",
  );
  assertEquals(
    stepsOf(run("c......m", scope).changes),
    "CREATE@0 CONFIRM@0 RECOVER@1 RESOLVE@3 CREATE@7 CONFIRM@7 CLOSE@7",
  );
});

Deno.test("an incident keeps its worst severity and its peak", () => {
  const scope = scopeOf();
  const worse: Finding = { ...findingOf("cpu"), score: 0.9, severity: "CRITICAL" };
  let incidents: readonly Incident[] = [];
  for (const [at, finding] of [[0, findingOf("cpu")], [1, worse], [2, findingOf("cpu")]] as const) {
    incidents = advanceIncidents(scope, incidents, { at: at * BUCKET_MS, finding }).incidents;
  }
  const [{ severity, peakScore, peakAt, lastAt, anomalyCount, version }] = incidents;
  assertEquals(
    { severity, peakScore, peakAt, lastAt, anomalyCount, version },
    {
      severity: "CRITICAL",
      peakScore: 0.9,
      peakAt: BUCKET_MS,
      lastAt: 2 * BUCKET_MS,
      anomalyCount: 3,
      version: 3,
    },
  );
});

Deno.test("a finding joins the incident that shares most metrics, the oldest of equals", () => {
  const wide = run("b", scopeOf()).incidents[0];
  const narrow = { ...run("c", scopeOf()).incidents[0], openedAt: -1 };
  const scope = scopeOf();
  const both = { at: BUCKET_MS, finding: findingOf("memory", "cpu") };
  assertEquals(advanceIncidents(scope, [narrow, wide], both).joined?.id, wide.id);
  const one = { at: BUCKET_MS, finding: findingOf("cpu") };
  assertEquals(advanceIncidents(scope, [narrow, wide], one).joined?.id, narrow.id);
});

Deno.test("an incident that a person resolved reopens with its pattern and closes without", () => {
  const scope = scopeOf();
  const open = run("cc", scope).incidents[0];
  const { action, incident } = resolvedBy(open, { by: "Ada", at: 12345 });
  assertEquals([action, incident.state, incident.resolvedAt], ["RESOLVE", "RESOLVED", 12345]);
  assertEquals([incident.acknowledgedBy, incident.version], ["Ada", open.version + 1]);
  const again = { at: 2 * BUCKET_MS, finding: findingOf("cpu") };
  assertEquals(stepsOf(advanceIncidents(scope, [incident], again).changes), "REOPEN@2");
  const quiet = { at: 20 * BUCKET_MS };
  assertEquals(stepsOf(advanceIncidents(scope, [incident], quiet).changes), "CLOSE@8");
});

Deno.test("the first who acknowledges an incident stays named", () => {
  const open = run("cc").incidents[0];
  const first = acknowledgedBy(open, { by: "Ada", at: 1 }).incident;
  const second = acknowledgedBy(first, { by: "Bob", at: 2 }).incident;
  assertEquals([second.acknowledgedBy, second.acknowledgedAt, second.state], ["Ada", 1, "OPEN"]);
});

const letters = fc.string({ unit: fc.constantFrom(".", ".", ".", "c", "m", "b"), maxLength: 60 });
const policies = fc.record({
  confirmBuckets: fc.integer({ min: 1, max: 4 }),
  graceBuckets: fc.integer({ min: 1, max: 5 }),
  separationMs: fc.integer({ min: 0, max: 12 * BUCKET_MS }),
});

Deno.test("quiet buckets may be given or left out", () => {
  fc.assert(fc.property(letters, policies, fc.array(fc.boolean()), (text, policy, given) => {
    const scope = scopeOf(policy);
    const end = text.length * BUCKET_MS;
    const whole = run(text + ".", scope);
    let incidents: readonly Incident[] = [];
    const changes: IncidentChange[] = [];
    const feed = (bucket: ClosedBucket) => {
      const step = advanceIncidents(scope, incidents, bucket);
      incidents = step.incidents;
      changes.push(...step.changes);
    };
    [...text].forEach((letter, index) => {
      const finding = { c: ["cpu"], m: ["memory"], b: ["cpu", "memory"] }[letter];
      if (!finding && !given[index]) return;
      feed({ at: index * BUCKET_MS, finding: finding && findingOf(...finding) });
    });
    feed({ at: end });
    assertEquals({ incidents, changes }, whole);
  }));
});

Deno.test("the machine equals a model that counts every bucket", () => {
  fc.assert(fc.property(letters, policies, (text, policy) => {
    const actual = run(text, scopeOf(policy)).changes.map(({ action, at, incident }) => [
      action,
      at / BUCKET_MS,
      incident.openedAt / BUCKET_MS,
      incident.state,
      incident.anomalyCount,
      incident.quietBuckets,
    ]);
    assertEquals(byBucket(actual), byBucket(countingModel(text, policy)));
  }));
});

Deno.test("versions of an incident follow one another and its fields agree with its state", () => {
  fc.assert(fc.property(letters, policies, (text, policy) => {
    const versions = new Map<string, number>();
    for (const { incident } of run(text, scopeOf(policy)).changes) {
      assertEquals(incident.version, (versions.get(incident.id) ?? 0) + 1);
      versions.set(incident.id, incident.version);
      assertEquals(incident.state === "CLOSED", incident.closedAt !== null);
      if (incident.state !== "CLOSED") {
        assertEquals(incident.state === "RESOLVED", incident.resolvedAt !== null);
        assertEquals(incident.state === "SUSPECTED", incident.confirmedAt === null);
      }
      assert(incident.openedAt <= incident.peakAt && incident.peakAt <= incident.lastAt);
    }
  }));
});

/** Order inside a bucket is by incident; the model keeps no such order. */
function byBucket(rows: readonly unknown[][]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

interface Counted {
  state: string;
  metrics: string;
  openedAt: number;
  lastAt: number;
  count: number;
  quiet: number;
}

/** R20 as it is told: one step a bucket, counters instead of times. */
function countingModel(text: string, policy: IncidentPolicy): unknown[][] {
  const rows: unknown[][] = [];
  const all: Counted[] = [];
  const tell = (action: string, at: number, it: Counted) =>
    rows.push([action, at, it.openedAt, it.state, it.count, it.quiet]);
  [...text].forEach((letter, at) => {
    const metrics = letter === "b" ? "cm" : letter === "." ? "" : letter;
    const hit = metrics && matchIn(all, metrics, at, policy);
    if (hit) countAnomalous(hit, at, policy, tell);
    else if (metrics) {
      const it = { state: "SUSPECTED", metrics, openedAt: at, lastAt: at, count: 1, quiet: 0 };
      all.push(it);
      tell("CREATE", at, it);
      if (policy.confirmBuckets === 1) {
        it.state = "OPEN";
        tell("CONFIRM", at, it);
      }
    }
    for (const it of all) if (it.lastAt !== at) countQuiet(it, at, policy, tell);
  });
  return rows;
}

function matchIn(all: readonly Counted[], metrics: string, at: number, policy: IncidentPolicy) {
  const live = all.filter(({ state }) => ["SUSPECTED", "OPEN", "RECOVERING"].includes(state));
  const shared = (it: Counted) => [...it.metrics].filter((one) => metrics.includes(one)).length;
  const best = live.toSorted((a, b) => shared(b) - shared(a))[0];
  if (best && shared(best) > 0) return best;
  return all.find((it) =>
    it.state === "RESOLVED" && it.metrics === metrics &&
    (at - it.lastAt) * BUCKET_MS <= policy.separationMs
  );
}

type Tell = (action: string, at: number, it: Counted) => void;

function countAnomalous(it: Counted, at: number, policy: IncidentPolicy, tell: Tell): void {
  it.count++;
  it.quiet = 0;
  it.lastAt = at;
  const action = it.state === "RESOLVED"
    ? "REOPEN"
    : it.state === "SUSPECTED" && it.count >= policy.confirmBuckets
    ? "CONFIRM"
    : "CONTINUE";
  if (it.state !== "SUSPECTED" || action === "CONFIRM") it.state = "OPEN";
  tell(action, at, it);
}

function countQuiet(it: Counted, at: number, policy: IncidentPolicy, tell: Tell): void {
  it.quiet++;
  const move = (action: string, state: string) => {
    it.state = state;
    tell(action, at, it);
  };
  if (it.state === "SUSPECTED" && it.quiet === policy.graceBuckets) move("CLOSE", "CLOSED");
  if (it.state === "OPEN") move("RECOVER", "RECOVERING");
  if (it.state === "RECOVERING" && it.quiet === policy.graceBuckets) move("RESOLVE", "RESOLVED");
  const apart = (at - it.lastAt) * BUCKET_MS;
  if (it.state === "RESOLVED" && apart > policy.separationMs) move("CLOSE", "CLOSED");
}
