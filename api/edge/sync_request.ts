import * as z from "zod/mini";
import {
  FUTURE_MS_MAX,
  parseJson,
  Problem,
  SYNC_ITEMS_MAX,
  type SyncRequest,
  TIMESTAMP_MIN,
} from "../../scoring/edge/mod.ts";

/** Longest id or name that an item may hold; features are named by metric and transform. */
const TEXT_LENGTH_MAX = 300;

const text = z.string().check(z.maxLength(TEXT_LENGTH_MAX));
/** 16 bytes, as of anomalies and incidents. */
const contentId = z.string().check(z.regex(/^[0-9a-f]{32}$/));
const share = z.number().check(z.minimum(0), z.maximum(1));
const count = z.int().check(z.minimum(0));

const severity = z.enum(["LOW", "MEDIUM", "HIGH", "CRITICAL"]);
const kind = z.enum(["RESOURCE", "PERFORMANCE", "TRAFFIC", "SYSTEM"]);

const contribution = z.object({
  feature: text,
  metric: text,
  value: z.number(),
  expected: z.number(),
  pathLength: z.number(),
  share,
});

const verdict = z.object({
  score: share,
  threshold: z.number(),
  isAnomaly: z.boolean(),
  severity: z.nullable(severity),
  tail: share,
  confidence: share,
  period: text,
  modelPeriod: text,
  contributions: z.array(contribution),
  modelId: text,
  settingVersion: count,
});

/** Schemas of what an edge sends; an instant after `latest` would poison watermarks and retention. */
function syncRequestSchema(latest: number) {
  const at = z.int().check(z.minimum(TIMESTAMP_MIN), z.maximum(latest));
  const incident = z.object({
    id: contentId,
    detectorId: text,
    deviceId: text,
    fingerprint: text,
    kind,
    pattern: z.array(z.object({ metric: text, direction: z.enum(["HIGH", "LOW"]) })),
    state: z.enum(["SUSPECTED", "OPEN", "RECOVERING", "RESOLVED", "CLOSED"]),
    severity,
    peakScore: share,
    peakAt: at,
    openedAt: at,
    lastAt: at,
    confirmedAt: z.nullable(at),
    resolvedAt: z.nullable(at),
    closedAt: z.nullable(at),
    acknowledgedAt: z.nullable(at),
    acknowledgedBy: z.nullable(text),
    anomalyCount: count,
    quietBuckets: count,
    version: count,
  });
  const anomaly = z.object({
    id: contentId,
    detectorId: text,
    deviceId: text,
    incidentId: contentId,
    fingerprint: text,
    kind,
    at,
    verdict,
    topMetric: text,
    value: z.number(),
    expected: z.number(),
  });
  const action = z.enum([
    "CREATE",
    "CONFIRM",
    "CONTINUE",
    "RECOVER",
    "RESOLVE",
    "REOPEN",
    "CLOSE",
    "ACKNOWLEDGE",
  ]);
  const item = z.object({
    deviceId: text,
    points: z.array(z.object({ metricId: text, at, value: z.number(), late: z.boolean() })),
    // Lateness may put it before the first point that is taken.
    watermark: z.int().check(z.maximum(latest)),
    anomalies: z.array(anomaly),
    incidentChanges: z.array(z.object({ action, at, incident })),
  });
  return z.object({
    edgeId: text.check(z.minLength(1)),
    epoch: text.check(z.minLength(1)),
    firstSeq: z.int().check(z.minimum(1)),
    items: z.array(item).check(z.maxLength(SYNC_ITEMS_MAX)),
  });
}

/**
 * What an edge sends.
 *
 * @throws {Problem} Naming the first field that cannot be taken.
 */
export function parseSyncRequest(bytes: Uint8Array, now: number): SyncRequest {
  const parsed = syncRequestSchema(now + FUTURE_MS_MAX).safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  const field = z.core.toDotPath(path);
  throw new Problem("INPUT_INVALID", `Cannot take ${field || "the body"}: ${message}`, { field });
}
