import * as z from "zod/mini";
import { SOURCE_KINDS, UNKNOWN_POLICIES } from "../../mapping/mod.ts";
import { KEYED, problems } from "../refusals.ts";
import { SOURCE_CLIENTS } from "../../sources/source.ts";

type Json = Readonly<Record<string, unknown>>;

const severity = z.enum(["LOW", "MEDIUM", "HIGH", "CRITICAL"]);
const instant = z.int();

const incidentSchema = z.object({
  id: z.string(),
  device: z.string(),
  deviceId: z.string(),
  detectorId: z.string(),
  fingerprint: z.string(),
  kind: z.enum(["RESOURCE", "PERFORMANCE", "TRAFFIC", "SYSTEM"]),
  pattern: z.array(z.object({ metric: z.string(), direction: z.enum(["HIGH", "LOW"]) })),
  state: z.enum(["SUSPECTED", "OPEN", "RECOVERING", "RESOLVED", "CLOSED"]),
  severity,
  peakScore: z.number(),
  peakAt: instant,
  openedAt: instant,
  lastAt: instant,
  confirmedAt: z.nullable(instant),
  resolvedAt: z.nullable(instant),
  closedAt: z.nullable(instant),
  acknowledgedAt: z.nullable(instant),
  acknowledgedBy: z.nullable(z.string()),
  silencedUntil: z.optional(instant),
  silencedBy: z.optional(z.string()),
  anomalyCount: z.int(),
  quietBuckets: z.int(),
  version: z.int(),
});

const reason = { code: z.string(), message: z.string() };

const sourceSchema = z.object({
  name: z.string(),
  client: z.enum(SOURCE_CLIENTS),
  required: z.boolean(),
  state: z.enum(["connecting", "connected", "waiting", "down", "ended"]),
  error: z.nullable(z.string()),
  lastMessageAt: z.nullable(z.iso.datetime()),
  lag: z.nullable(z.number()),
  connects: z.int(),
  messages: z.int(),
  accepted: z.int(),
  late: z.int(),
  duplicates: z.int(),
  skipped: z.int(),
  deadLetters: z.int(),
  newestDeadLetters: z.array(z.object({
    topic: z.string(),
    messageId: z.string(),
    field: z.string(),
    ...reason,
  })),
});

const quarantinedSchema = z.object({
  device: z.string(),
  metric: z.string(),
  unit: z.string(),
  kind: z.enum(["gauge", "counter"]),
  origin: z.nullable(z.object({
    source: z.enum(SOURCE_KINDS),
    name: z.string(),
    labels: z.record(z.string(), z.string()),
  })),
  points: z.int(),
  firstSeenAt: instant,
  lastSeenAt: instant,
  lastAt: instant,
  lastValue: z.number(),
});

const totals = { series: z.int(), points: z.int() };

/** All but version and clock is left out where an edge is not alone. */
const statusSchema = z.object({
  version: z.string(),
  clock: z.iso.datetime(),
  edgeId: z.optional(z.string()),
  models: z.optional(z.array(z.object({
    id: z.string(),
    label: z.string(),
    detector: z.string(),
    device: z.nullable(z.string()),
    periodsLoaded: z.array(z.string()),
  }))),
  refusedModels: z.optional(
    z.array(z.object({ detectorId: z.string(), modelId: z.string(), ...reason })),
  ),
  storage: z.optional(z.object({
    isDurable: z.boolean(),
    bytes: z.int(),
    bytesMax: z.int(),
    isFull: z.boolean(),
  })),
  queue: z.optional(z.object({ items: z.int(), bytes: z.int(), bytesMax: z.int() })),
  lastSyncAt: z.optional(z.nullable(z.iso.datetime())),
  gatewayFault: z.optional(z.nullable(z.object(reason))),
  dropped: z.optional(z.object({ points: z.int(), aggregates: z.int() })),
  refused: z.optional(z.object({
    items: z.int(),
    newest: z.array(z.object({ field: z.string(), ...reason })),
  })),
  bytesSent: z.optional(z.int()),
  bytesSaved: z.optional(z.int()),
  forwarding: z.optional(z.enum(["all", "aggregates", "anomalies"])),
  mapping: z.optional(z.nullable(
    z.object({ version: z.int(), rules: z.int(), unknown: z.enum(UNKNOWN_POLICIES) }),
  )),
  refusedMapping: z.optional(z.nullable(z.object(reason))),
  quarantine: z.optional(z.object({ ...totals, newest: z.array(quarantinedSchema) })),
  waiting: z.optional(z.object(totals)),
  sources: z.optional(z.array(sourceSchema)),
});

/** Schemas of what an edge tells of itself, by name. */
export const OWN_STATE_SCHEMAS = {
  Incident: incidentSchema,
  IncidentList: z.object({
    incidents: z.array(incidentSchema),
    next: z.nullable(z.string()),
  }),
  EdgeStatus: statusSchema,
};

const TAGGED = { 304: { description: "The caller's If-None-Match is current" } };

/** Paths of what an edge tells of itself. */
export function ownStatePaths(): Json {
  const get = (
    operationId: string,
    summary: string,
    schema: string,
    refusals = KEYED,
    more: Json = {},
  ) => ({
    get: {
      operationId,
      summary,
      responses: {
        200: {
          description: "OK",
          content: { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } },
        },
        ...TAGGED,
        ...problems(refusals),
      },
      ...more,
    },
  });
  const query = (name: string, schema: Json) => ({ name, in: "query", schema });
  const state = { type: "array", items: { type: "string" } };
  return {
    "/v1/incidents": get("listIncidents", "Incidents, the newest first", "IncidentList", [
      ...KEYED,
      422,
    ], {
      parameters: [
        query("state", state),
        query("first", { type: "integer", minimum: 1, maximum: 200 }),
        query("after", { type: "string" }),
      ],
    }),
    "/v1/incidents/{id}": get("getIncident", "One incident", "Incident", [...KEYED, 404], {
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
    }),
    "/v1/status": get("getStatus", "Models, queue and sync of this edge", "EdgeStatus"),
  };
}
