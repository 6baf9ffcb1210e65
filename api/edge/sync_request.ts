import * as z from "zod/mini";
import type { SyncItems } from "../../domain/mod.ts";
import {
  FUTURE_MS_MAX,
  type JsonShape,
  NAMES_PER_SYNC_MAX,
  parseJson,
  Problem,
  QUARANTINED_PER_SYNC_MAX,
  type QuarantinedSeries,
  type RefusedItem,
  RUNNING_MODELS_MAX,
  SOURCE_KINDS,
  SYNC_ITEMS_MAX,
  type SyncItem,
  TIMESTAMP_MIN,
  type WantedNames,
} from "../../scoring/edge/mod.ts";
import { parseSketch, SketchError } from "../../scoring/sketch/mod.ts";

/** 10,000 points, each of them an anomaly with contributions and what it does to its incident. */
const SYNC_SHAPE: JsonShape = { containersMax: 1_000_000, membersMax: 8_000_000 };

/** Longest id or name that an item may hold; features are named by metric and transform. */
const TEXT_LENGTH_MAX = 300;

/** Longest reason that an edge tells or is told. */
const REASON_LENGTH_MAX = 1_000;

/** Longest text of a series' labels: an edge keeps 2,000 characters, and escapes take some. */
const LABELS_LENGTH_MAX = 20_000;

/** Models that an edge tells it has refused: more would be one mistake, told often. */
const REFUSED_MODELS_MAX = 100;

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

const totals = z.object({ series: count, points: count });

const naming = z.object({
  mappingVersion: z.nullable(z.int()),
  refusedMapping: z.nullable(z.object({
    code: text,
    message: z.string().check(z.maxLength(REASON_LENGTH_MAX)),
  })),
  quarantined: totals,
  waiting: totals,
});

const report = z.object({
  version: text,
  forwarding: text,
  waitingItems: count,
  waitingBytes: count,
  pointsDropped: count,
  aggregatesDropped: count,
  itemsRefused: count,
  bytesSent: count,
  bytesSaved: count,
  refusedModels: z.array(z.object({
    detectorId: text,
    modelId: text,
    code: text,
    message: z.string().check(z.maxLength(REASON_LENGTH_MAX)),
  })).check(z.maxLength(REFUSED_MODELS_MAX)),
  models: z.optional(
    z.array(z.object({ detectorId: text, deviceId: text, modelId: text }))
      .check(z.maxLength(RUNNING_MODELS_MAX)),
  ),
  naming: z.optional(naming),
});

/** As far as dates go. */
const instant = z.int().check(z.minimum(0), z.maximum(8.64e15));
const metricKind = z.enum(["gauge", "counter"]);

const wantedMetric = z.object({ name: text, unit: text, kind: metricKind });

const quarantinedSeries = z.object({
  device: text.check(z.minLength(1)),
  metric: text.check(z.minLength(1)),
  unit: text,
  kind: metricKind,
  origin: z.nullable(z.object({
    source: z.enum(SOURCE_KINDS),
    name: z.string().check(z.maxLength(REASON_LENGTH_MAX)),
    labels: z.record(z.string(), z.string()).check(
      z.refine((labels) => JSON.stringify(labels).length <= LABELS_LENGTH_MAX, "must be short"),
    ),
  })),
  points: count,
  firstSeenAt: instant,
  lastSeenAt: instant,
  lastAt: instant,
  lastValue: z.number(),
});

/** What is wrong with an item does not touch the others, so that items are looked at one by one. */
const envelope = z.object({
  edgeId: text.check(z.minLength(1)),
  epoch: text.check(z.minLength(1)),
  firstSeq: z.int().check(z.minimum(1)),
  items: z.array(z.unknown()).check(z.maxLength(SYNC_ITEMS_MAX)),
  isAfterGap: z.optional(z.boolean()),
  commandsTag: z.optional(text),
  report: z.optional(report),
  names: z.optional(z.object({
    devices: z.array(z.unknown()).check(z.maxLength(NAMES_PER_SYNC_MAX)),
    metrics: z.array(z.unknown()).check(z.maxLength(NAMES_PER_SYNC_MAX)),
  })),
  quarantine: z.optional(z.array(z.unknown()).check(z.maxLength(QUARANTINED_PER_SYNC_MAX))),
});

/** Schema of an item; an instant after `latest` would poison watermarks and retention. */
function itemSchema(latest: number) {
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
  const windowSketch = z.object({
    metricId: text,
    period: text,
    // A window that is not over would push out all that are kept.
    from: at,
    until: at,
    sketch: z.string().check(z.refine(isSketch, "must be a sketch")),
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
  return z.object({
    deviceId: text,
    points: z.array(z.object({ metricId: text, at, value: z.number(), late: z.boolean() })),
    // Lateness may put it before the first point that is taken.
    watermark: z.int().check(z.maximum(latest)),
    anomalies: z.array(anomaly),
    incidentChanges: z.array(z.object({ action, at, incident })),
    sketches: z.optional(z.array(windowSketch)),
  });
}

/** A sync as it came in. */
export interface ParsedSync {
  /** An item that cannot be is `null` in it. */
  readonly request: SyncItems;
  readonly names?: WantedNames;
  readonly refused: readonly RefusedItem[];
}

/**
 * What an edge sends. An item that cannot be taken is refused alone.
 *
 * @throws {Problem} Naming the first field around the items that cannot be taken.
 */
export function parseSyncRequest(bytes: Uint8Array, now: number): ParsedSync {
  const parsed = envelope.safeParse(parseJson(bytes, SYNC_SHAPE));
  if (!parsed.success) {
    const { field, message } = reasonOf(parsed.error);
    throw new Problem("INPUT_INVALID", `Cannot take ${field || "the body"}: ${message}`, { field });
  }
  const schema = itemSchema(now + FUTURE_MS_MAX);
  const refused: RefusedItem[] = [];
  const items = parsed.data.items.map((item, index): SyncItem | null => {
    const read = schema.safeParse(item);
    if (read.success) return read.data;
    const seq = parsed.data.firstSeq + index;
    refused.push({ seq, code: "ITEM_INVALID", ...reasonOf(read.error) });
    return null;
  });
  const { names, quarantine, ...rest } = parsed.data;
  return {
    request: { ...rest, items, quarantine: good<QuarantinedSeries>(quarantinedSeries, quarantine) },
    refused,
    ...names && {
      names: { devices: good(text, names.devices), metrics: good(wantedMetric, names.metrics) },
    },
  };
}

/** Those that can be: what is wrong with others must not hold back an edge's items. */
function good<T>(schema: z.ZodMiniType<T>, values: readonly unknown[] = []): T[] {
  return values.flatMap((value) => {
    const read = schema.safeParse(value);
    return read.success ? [read.data] : [];
  });
}

function reasonOf({ issues: [{ path, message }] }: z.core.$ZodError) {
  return { field: z.core.toDotPath(path), message: message.slice(0, REASON_LENGTH_MAX) };
}

function isSketch(sketch: string): boolean {
  try {
    parseSketch(sketch);
    return true;
  } catch (error) {
    if (error instanceof SketchError) return false;
    throw error;
  }
}
