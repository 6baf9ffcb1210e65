import type { Selectable } from "kysely";
import { type Signer, signMapping } from "../../scoring/bundle/mod.ts";
import type {
  AssignedDevice,
  AssignedMetric,
  AssignmentsDocument,
  EdgeReport,
  SignedAssignment,
  SignedMapping,
} from "../../scoring/edge/standalone/protocol.ts";
import { REPORT_EVERY_MS } from "../../scoring/edge/standalone/protocol.ts";
import type { MappingSettings } from "../../scoring/edge/mapping/mod.ts";
import { toDetector } from "../detection/detectors.ts";
import { findMappingRules } from "../fleet/mapping_rules.ts";
import { deviceForwarding, type ForwardingDetector } from "./device_forwarding.ts";
import { closestOf, entitiesOf, listProductionRows, type ProductionRow } from "./device_profile.ts";
import { eventStatement } from "../storage/event_log.ts";
import { mapPage, type Page, type PageRequest, readPage } from "../storage/page.ts";
import type { Tables } from "../storage/tables.ts";
import type { TenantDb } from "../storage/tenant_db.ts";
import type { Statement } from "../storage/write.ts";

/** What is known of a stand-alone edge. */
export type Edge = Omit<Selectable<Tables["edges"]>, "status" | "report"> & {
  readonly status: EdgeStatus;
  /** What it says of itself; `null` from one that has not said anything. */
  readonly report: EdgeReport | null;
};

/** A silent edge is away, as one that has nothing to send says so all the same. */
export type EdgeStatus = "online" | "offline";

/** An edge that was not heard of for so long is offline: one report may be lost. */
export const EDGE_SILENT_MS = 2 * REPORT_EVERY_MS;

/** An edge that only goes on is told of once in each such stretch of the wall clock. */
const EDGE_TOLD_EVERY_MS = 60_000;

/** By the edge's own name, with its status at this moment. */
export async function findEdge(
  tenant: TenantDb,
  edgeId: string,
  now: number,
): Promise<Edge | undefined> {
  const row = await edgesOf(tenant).where("edge_id", "=", edgeId.normalize("NFC"))
    .executeTakeFirst();
  return row && toEdge(row, now);
}

/** By the edges' own names; its key is (edge_id). */
export async function listEdges(
  tenant: TenantDb,
  page: PageRequest,
  now: number,
): Promise<Page<Edge>> {
  const order = { columns: ["edge_id"], direction: "asc" } as const;
  return mapPage(await readPage(edgesOf(tenant), order, page), (row) => toEdge(row, now));
}

/**
 * Tells of an edge that was heard of: when it is new, has begun anew, comes back or has other models,
 * and otherwise once a minute, as every sync moves it on and the log is for what somebody wants to know.
 *
 * @param before What was known of it, with its status at this moment.
 */
export function edgeChangedStatements(before: Edge | undefined, edge: Edge): Statement[] {
  const minuteOf = ({ last_seen_at }: Edge) => Math.floor(last_seen_at / EDGE_TOLD_EVERY_MS);
  const isTold = before?.epoch === edge.epoch && before.status === edge.status &&
    before.report?.models === edge.report?.models && minuteOf(before) === minuteOf(edge);
  if (isTold) return [];
  const { tenant_id: tenantId, edge_id: subjectId, last_seen_at: at } = edge;
  return [eventStatement({ tenantId, type: "edge.changed", subjectId, payload: edge, at })];
}

export interface AssignmentsForm {
  /** Whether the document says metrics once; an edge of the version before wants them of each device. */
  readonly isMetricsOnce: boolean;
}

/**
 * What an edge has to take and judge: all of the tenant's devices with all that judges them, and how
 * senders' names become theirs.
 */
export async function listAssignments(
  tenant: TenantDb,
  signer: Signer,
  { isMetricsOnce }: AssignmentsForm = { isMetricsOnce: true },
): Promise<AssignmentsDocument> {
  const { tenantId } = tenant;
  const { lateness_ms: latenessMs, clock_mode } = await tenant.db.selectFrom("tenants")
    .select(["lateness_ms", "clock_mode"]).where("id", "=", tenantId).executeTakeFirstOrThrow();
  const devices = await tenant.db.selectFrom("devices").select(["id", "external_id", "cohort"])
    .where("tenant_id", "=", tenantId).orderBy("external_id").execute();
  const metrics = await listMetrics(tenant);
  const metricIds = new Map(metrics.map(({ name, metricId }) => [name, metricId]));
  const detectors = await listForwarding(tenant);
  const byEntity = Map.groupBy(await listProductionRows(tenant), ({ entity_id }) => entity_id);
  return {
    tenantId,
    clockMode: clock_mode === "replay" ? "replay" : "live",
    mapping: await signedMapping(tenant, signer),
    ...isMetricsOnce ? { metrics } : {},
    devices: devices.map((device): AssignedDevice => {
      const entities = entitiesOf(tenant, device);
      const rows = entities.flatMap((entity) => byEntity.get(entity) ?? []);
      const judging = closestOf(rows, entities, device);
      return {
        deviceId: device.id,
        name: device.external_id,
        latenessMs,
        ...isMetricsOnce ? {} : { metrics },
        ...forwardingOf(deviceForwarding(detectors, device, judging), metricIds),
        assignments: judging.map(signedAssignment),
      };
    }),
  };
}

/** Signed as it goes out: one text has one signature, so that nothing changes for who has it. */
async function signedMapping(tenant: TenantDb, signer: Signer): Promise<SignedMapping> {
  const { version, unknown, rules } = await findMappingRules(tenant);
  const mapping: MappingSettings = { version, unknown, rules };
  const { body, signature } = await signMapping(mapping, signer, tenant.tenantId);
  return { mapping: body, signature: signature.toBase64() };
}

function forwardingOf(
  policies: ReturnType<typeof deviceForwarding>,
  metricIds: ReadonlyMap<string, string>,
): Pick<AssignedDevice, "forwarding"> {
  if (policies.size === 0) return {};
  const known = [...policies].flatMap(([name, policy]) => {
    const metricId = metricIds.get(name);
    return metricId === undefined ? [] : [[metricId, policy] as const];
  });
  return { forwarding: Object.fromEntries(known) };
}

/** Nothing where all that watch want every point. */
async function listForwarding(tenant: TenantDb): Promise<ForwardingDetector[]> {
  const rows = await tenant.db.selectFrom("detectors").selectAll()
    .where("tenant_id", "=", tenant.tenantId).where("enabled", "=", 1).orderBy("id").execute();
  if (rows.every(({ forwarding }) => forwarding === "all")) return [];
  return rows.map(toDetector).map(({ id, scope, forwarding, feature_plan }) => (
    { id, scope, forwarding, metrics: feature_plan.metrics.map(({ name }) => name) }
  ));
}

function edgesOf(tenant: TenantDb) {
  return tenant.db.selectFrom("edges").selectAll().where("tenant_id", "=", tenant.tenantId);
}

/** Silence shows as soon as it is long enough, not only once it was told. */
function toEdge(row: Selectable<Tables["edges"]>, now: number): Edge {
  return {
    ...row,
    status: now - row.last_seen_at < EDGE_SILENT_MS ? "online" : "offline",
    report: readReport(row.report),
  };
}

/** The report as an edge's row keeps it. */
export function readReport(text: string): EdgeReport | null {
  return text === "{}" ? null : JSON.parse(text);
}

async function listMetrics(tenant: TenantDb): Promise<AssignedMetric[]> {
  const rows = await tenant.db.selectFrom("metric_definitions")
    .select(["id", "name", "category", "min_value", "max_value", "data_type"])
    .where("tenant_id", "=", tenant.tenantId).orderBy("name").execute();
  return rows.map((row) => ({
    name: row.name,
    metricId: row.id,
    category: row.category,
    minValue: row.min_value,
    maxValue: row.max_value,
    ...row.data_type === "counter" ? { isCounter: true } : {},
  }));
}

function signedAssignment(row: ProductionRow): SignedAssignment {
  return {
    detectorId: row.detector_id,
    detector: row.name,
    modelId: row.model_id,
    label: row.label,
    setting: row.body,
    signature: new Uint8Array(row.signature).toBase64(),
  };
}
