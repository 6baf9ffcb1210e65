import { createGraphQL, type GraphQLServer } from "../../../api/graphql/graphql.ts";
import {
  applySync,
  createApiKey,
  createDetector,
  createLabel,
  createTenantEdgeStore,
  type Database,
  type DriftReport,
  driftReportStatements,
  edgeQuarantineStatements,
  enqueueJob,
  fittedStatements,
  listQuarantinedSeries,
  type ModelRow,
  ownQuarantineStatements,
  recordChange,
  replaceBaselines,
  type Role,
  type TenantDb,
  verifyApiKey,
} from "../../../domain/mod.ts";
import type { QuarantinedSeries as SeenSeries } from "../../../scoring/edge/mod.ts";
import type { Incident, IncidentChange } from "../../../scoring/incident/mod.ts";
import type { DeviceEffects } from "../../../scoring/pipeline/mod.ts";
import { encodeGlobalId } from "../../../schema/core/global_id.ts";
import { driftReportOf } from "../../domain/drift/drift_report_of.ts";
import { addDevice, addMetric, addTenant, commit, deps, NOW } from "../../domain/fixtures.ts";
import { openTestDatabase } from "../../domain/test_database.ts";

export { NOW };

/** Answer of a GraphQL request; tests look into it without a schema of their own. */
// deno-lint-ignore no-explicit-any -- a test asserts on whatever is there
export type Answer = { status: number; data?: any; errors?: any[]; extensions?: any };

export interface TestGateway extends AsyncDisposable {
  readonly db: Database;
  readonly server: GraphQLServer;
  /** What the operator was told. */
  readonly reported: readonly unknown[];
  /** Takes requests as a gateway does: `/graphql`, WebSockets too. */
  handle(request: Request): Promise<Response>;
  /** A new key of the tenant. */
  keyOf(tenant: TenantDb, role: Role): Promise<string>;
  ask(key: string, query: string, variables?: Record<string, unknown>): Promise<Answer>;
}

export interface TestGatewayOptions {
  readonly development?: boolean;
  /** How often one key may ask. */
  readonly requestRate?: { readonly perSecond: number; readonly burst: number };
  /** Wall clock of the server, ms. */
  readonly now?: () => number;
  /** What the server is given in place of the database itself. */
  readonly database?: (db: Database) => Database;
}

/** A gateway's GraphQL face over a database of its own. */
export async function openGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const test = await openTestDatabase();
  const { db } = test;
  const reported: unknown[] = [];
  const server = createGraphQL({
    db: options.database?.(db) ?? db,
    now: options.now ?? (() => Date.now()),
    requestRate: options.requestRate,
    newId: deps.newId,
    cursorSecret: new Uint8Array(32).fill(7),
    development: options.development ? {} : undefined,
    report: (error) => reported.push(error),
  });
  const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
  const handle = async (request: Request) => {
    if (request.headers.get("upgrade")) return server.handleSocket(request);
    const key = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
    return await server.fetch(request, key ? await verifyApiKey(db, key) : undefined);
  };
  return {
    db,
    server,
    reported,
    handle,
    async keyOf(tenant, role) {
      const change = await createApiKey(tenant, { name: `a ${role}`, role }, { ...deps, random });
      await db.writer.commit(change.write);
      return change.secret;
    },
    async ask(key, query, variables) {
      const response = await handle(graphqlRequest(key, { query, variables }));
      return { status: response.status, ...await response.json() };
    },
    async [Symbol.asyncDispose]() {
      server.close();
      await test[Symbol.asyncDispose]();
    },
  };
}

/** A POST as clients send it. */
export function graphqlRequest(
  key: string,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): Request {
  return new Request("http://localhost/graphql", {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json;q=0.9",
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

/** One of everything, of one tenant. */
export interface Estate {
  readonly tenant: TenantDb;
  readonly rows: Readonly<Record<NodeName, string>>;
  /** Ids as the API gives them, by type. */
  readonly ids: Readonly<Record<NodeName, string>>;
}

export type NodeName =
  | "Device"
  | "Metric"
  | "Detector"
  | "Model"
  | "Baseline"
  | "Anomaly"
  | "Incident"
  | "Job"
  | "RecordedChange"
  | "Label"
  | "DriftReport"
  | "QuarantinedSeries"
  | "ApiKey";

/** Makes a tenant that has one of everything. */
export async function addEstate(db: Database, name: string): Promise<Estate> {
  const { tenant } = await addTenant(db, name);
  const device = await addDevice(db, tenant, "pump-1");
  const metric = await addMetric(db, tenant, "load");
  const detector = await commit(
    db,
    createDetector(tenant, { name: "pumps", scope: { kind: "TENANT" }, metrics: ["load"] }, deps),
  );
  const job = await commit(db, enqueueJob(tenant, "fit", { detectorId: detector.id }, deps));
  const key = await commit(
    db,
    createApiKey(tenant, { name: "key", role: "viewer" }, {
      ...deps,
      random: (bytes) => crypto.getRandomValues(bytes),
    }),
  );
  const parts = { tenant, deviceId: device.id, metricId: metric.id, detectorId: detector.id };
  const model = await addModel(db, parts);
  const baseline = await addBaseline(db, parts);
  const incident = incidentOf(parts, 1, name);
  const anomalyId = await addAnomaly(db, parts, incident, model.id);
  const change = await commit(
    db,
    recordChange(tenant, { deviceId: device.id, kind: "deployment", summary: "v2" }, deps),
  );
  const label = await commit(
    db,
    createLabel(tenant, { deviceId: device.id, from: 0, until: 1 }, { ...deps, by: "key" }),
  );
  const report = await addDriftReport(db, parts, model.id);
  const rows = {
    RecordedChange: change.id,
    Label: label.id,
    DriftReport: report.id,
    QuarantinedSeries: await addQuarantinedSeries(db, tenant, {}),
    Device: device.id,
    Metric: metric.id,
    Detector: detector.id,
    Model: model.id,
    Baseline: baseline,
    Anomaly: anomalyId,
    Incident: incident.id,
    Job: job.id,
    ApiKey: key.id,
  };
  const ids = Object.fromEntries(
    Object.entries(rows).map(([type, id]) => [type, encodeGlobalId(type, id)]),
  ) as Record<NodeName, string>;
  return { tenant, rows, ids };
}

interface Parts {
  readonly tenant: TenantDb;
  readonly deviceId: string;
  readonly metricId: string;
  readonly detectorId: string;
}

async function addModel(db: Database, { tenant, deviceId, detectorId }: Parts): Promise<ModelRow> {
  const row: ModelRow = {
    id: await hexOf(`model ${tenant.tenantId}`, 64),
    tenant_id: tenant.tenantId,
    detector_id: detectorId,
    entity_id: deviceId,
    label: "v20260105_120000",
    summary: {
      provenance: {
        algorithm: "isolation_forest",
        parameters: { treeCount: 100, subsampleSize: 256 },
        seed: 1,
        trainedFrom: NOW - 86_400_000,
        trainedUntil: NOW,
        rows: 1_000,
        thresholdMode: "AUTO",
        contamination: 0.01,
        pagesPerWeek: 1,
      },
      bucketMs: 300_000,
      features: ["load.value"],
      sections: [{ period: "any", rows: 1_000, threshold: 0.6, saturation: 0.9 }],
      importance: [{ feature: "load.value", metric: "load", share: 1 }],
      bundleBytes: 3,
    },
    created_at: NOW,
  };
  await db.writer.commit({ statements: fittedStatements(row, new Uint8Array([1, 2, 3]), NOW) });
  return row;
}

async function addDriftReport(
  db: Database,
  { tenant, deviceId, detectorId }: Parts,
  modelId: string,
): Promise<DriftReport> {
  const report = driftReportOf({ tenant, deviceId, detectorId, modelId }, NOW);
  await db.writer.commit({ statements: driftReportStatements([report]) });
  return report;
}

/** A series that an edge, or the gateway, keeps out; gives its id. */
export async function addQuarantinedSeries(
  db: Database,
  tenant: TenantDb,
  { edgeId, ...change }: Partial<SeenSeries> & { readonly edgeId?: string },
): Promise<string> {
  const series: SeenSeries = {
    device: "pump-new",
    metric: "pressure",
    unit: "bar",
    kind: "gauge",
    origin: { source: "topic", name: "pressure", labels: { topic: "site/pump-new/pressure" } },
    points: 3,
    firstSeenAt: NOW,
    lastSeenAt: NOW + 1_000,
    lastAt: NOW,
    lastValue: 1.5,
    ...change,
  };
  const { tenantId } = tenant;
  await db.writer.commit({
    statements: edgeId === undefined
      ? ownQuarantineStatements(tenantId, [series])
      : edgeQuarantineStatements(tenantId, edgeId, [series]),
  });
  const { items } = await listQuarantinedSeries(tenant, { first: 100 });
  return items.find(({ device, metric, edge_id }) =>
    device === series.device && metric === series.metric && edge_id === (edgeId ?? null)
  )?.id ?? "";
}

async function addBaseline(db: Database, parts: Parts): Promise<string> {
  const { tenant, deviceId, metricId } = parts;
  const quantiles = { p01: 1, p05: 2, p25: 3, p75: 5, p95: 6, p99: 7 };
  const stats = { count: 9, median: 4, mad: 1, mean: 4, min: 0, max: 8, quantiles };
  const fitted = { deviceId, metricId, period: "any", stats, validFrom: NOW };
  const [baseline] = await commit(db, replaceBaselines(tenant, deviceId, [fitted], deps));
  return baseline.id;
}

/** An incident of the estate's device; its id follows from the number and the name. */
export function incidentOf(
  { deviceId, detectorId }: Pick<Parts, "deviceId" | "detectorId">,
  number: number,
  name: string,
): Incident {
  return {
    id: new TextEncoder().encode(`${name}-${number}`.padEnd(16, "-").slice(0, 16)).toHex(),
    detectorId,
    deviceId,
    fingerprint: "0123456789abcdef",
    kind: "RESOURCE",
    pattern: [{ metric: "load", direction: "HIGH" }],
    state: "SUSPECTED",
    severity: "HIGH",
    peakScore: 0.75,
    peakAt: NOW,
    openedAt: NOW + number,
    lastAt: NOW,
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

async function addAnomaly(
  db: Database,
  { tenant, deviceId, metricId }: Parts,
  incident: Incident,
  modelId: string,
): Promise<string> {
  const id = await hexOf(`anomaly ${tenant.tenantId}`, 32);
  const contribution = {
    feature: "load.value",
    metric: "load",
    value: 99,
    expected: 20,
    pathLength: 3.5,
    share: 1,
  };
  const effects: DeviceEffects = {
    deviceId,
    watermark: NOW,
    points: Array.from(
      { length: 5 },
      (_, index) => ({ metricId, at: NOW + index * 1_000, value: index, late: index === 4 }),
    ),
    anomalies: [{
      id,
      detectorId: incident.detectorId,
      deviceId,
      incidentId: incident.id,
      fingerprint: incident.fingerprint,
      kind: "RESOURCE",
      at: NOW,
      topMetric: "load",
      value: 99,
      expected: 20,
      verdict: {
        score: 0.75,
        threshold: 0.6,
        isAnomaly: true,
        severity: "HIGH",
        tail: 0.001,
        confidence: 0.99,
        period: "business",
        modelPeriod: "any",
        contributions: [contribution],
        modelId,
        settingVersion: 1,
      },
    }],
    incidentChanges: [{ action: "CREATE", at: NOW, incident }],
  };
  await commitEffects(db, tenant, effects);
  return id;
}

/** Lets an edge of this name sync, with nothing to send. */
export async function addEdge(db: Database, tenant: TenantDb, edgeId: string): Promise<void> {
  const items = { edgeId, epoch: "a", firstSeq: 1, items: [] };
  const change = applySync(tenant, items, { now: () => NOW, writer: db.writer });
  await commit(db, change);
}

/** Commits effects of a device as the ingest does. */
export async function commitEffects(
  db: Database,
  { tenantId, db: reader }: TenantDb,
  effects: DeviceEffects,
): Promise<void> {
  const store = createTenantEdgeStore(db, tenantId, { now: () => NOW });
  try {
    const device = await reader.selectFrom("devices").select("external_id")
      .where("id", "=", effects.deviceId).executeTakeFirstOrThrow();
    await store.findDevice(device.external_id);
    await store.commit([effects]);
  } finally {
    store.close();
  }
}

/** Tells these changes of incidents, one after the other. */
export async function tellIncidents(
  db: Database,
  tenant: TenantDb,
  changes: readonly IncidentChange[],
): Promise<void> {
  for (const change of changes) {
    await commitEffects(db, tenant, {
      deviceId: change.incident.deviceId,
      watermark: NOW + change.incident.openedAt,
      points: [],
      anomalies: [],
      incidentChanges: [change],
    });
  }
}

async function hexOf(text: string, length: number): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex().slice(0, length);
}
