import type { Hono } from "hono";
import { createEdgeProtocol, type EdgeProtocolOptions } from "../../api/edge/edge_protocol.ts";
import {
  createApiKey,
  createDetector,
  type Database,
  fittedStatements,
  modelLabel,
  type Role,
  settingStatement,
  summaryOf,
  type TenantDb,
  verifyApiKey,
} from "../../domain/mod.ts";
import { encodeBundle, signBundle } from "../../scoring/bundle/mod.ts";
import type { Model, Setting } from "../../scoring/detect/mod.ts";
import {
  createGatewayClient,
  createStandaloneEdge,
  type StandaloneEdge,
} from "../../scoring/edge/mod.ts";
import { openSqlite } from "../../scoring/edge/platform/deno.ts";
import { addDevice, addMetric, addTenant, commit, deps } from "../domain/fixtures.ts";
import { openTestDatabase } from "../domain/test_database.ts";
import { MINUTE_MS, openWorld, SETTING, START } from "../scoring/edge/world.ts";

/** Later than all points of the tests. */
export const NOW = START + 1_440 * MINUTE_MS;

/** A gateway with a tenant whose `pump-7` has a model, and edges beside it. */
export interface EdgeSite extends AsyncDisposable {
  readonly db: Database;
  readonly tenant: TenantDb;
  readonly protocol: Hono;
  readonly deviceId: string;
  readonly metricId: string;
  readonly modelId: string;
  readonly model: Model;
  readonly setting: Setting;
  /** What goes wrong on the way from edge to gateway: throws before or after the gateway is asked. */
  readonly line: { isCut: boolean; losesAnswers: number };
  /** The secret of a new key with this role. */
  readonly keyOf: (role: Role, tenant?: TenantDb) => Promise<string>;
  /** The edge of this site, made anew from its file. */
  readonly openEdge: () => Promise<StandaloneEdge>;
}

export async function openEdgeSite(
  options: Partial<EdgeProtocolOptions> = {},
): Promise<EdgeSite> {
  const test = await openTestDatabase();
  const { db, folder } = test;
  const fitted = await addFittedPump(db);
  const { signer, trustedKeys } = await openWorld();
  const protocol = createEdgeProtocol({
    database: db,
    signer,
    authenticate: (key) => verifyApiKey(db, key),
    now: () => NOW,
    newId: deps.newId,
    ...options,
  });
  const keyOf = async (role: Role, tenant = fitted.tenant) => {
    const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
    const change = await createApiKey(tenant, { name: role, role }, { ...deps, random });
    await db.writer.commit(change.write);
    return change.secret;
  };
  const line = { isCut: false, losesAnswers: 0 };
  const key = await keyOf("edge");
  let edge: StandaloneEdge | undefined;
  return {
    ...fitted,
    db,
    protocol,
    line,
    keyOf,
    openEdge: () => {
      edge?.close();
      edge = createStandaloneEdge({
        database: openSqlite(`${folder}/edge.db`),
        gateway: createGatewayClient({ url: "http://gateway", key, fetch: over(line, protocol) }),
        edgeId: "edge-1",
        trustedKeys,
        authenticate: () =>
          Promise.resolve({ tenantId: fitted.tenant.tenantId, keyId: "local", role: "edge" }),
        now: () => NOW,
        newId: deps.newId,
        log: () => {},
        onError: (error) => {
          throw error;
        },
      });
      return Promise.resolve(edge);
    },
    async [Symbol.asyncDispose]() {
      edge?.close();
      await test[Symbol.asyncDispose]();
    },
  };
}

function over(line: EdgeSite["line"], protocol: Hono) {
  return async (input: string, init: RequestInit): Promise<Response> => {
    if (line.isCut) throw new TypeError("connection refused");
    const response = await protocol.request(input, init);
    if (init.method === "POST" && line.losesAnswers > 0) {
      line.losesAnswers--;
      throw new TypeError("connection reset");
    }
    return response;
  };
}

async function addFittedPump(db: Database) {
  const { tenant } = await addTenant(db);
  const { tenantId } = tenant;
  const { id: metricId } = await addMetric(db, tenant, "cpu");
  const { id: deviceId } = await addDevice(db, tenant, "pump-7");
  const input = { name: "pumps", scope: { kind: "TENANT" }, metrics: ["cpu"] } as const;
  const { id: detectorId } = await commit(db, createDetector(tenant, input, deps));
  const world = await openWorld();
  const ids = { detectorId, entityId: deviceId };
  const model = { ...world.model, ...ids };
  const setting = { ...SETTING, ...ids };
  const { id: modelId, unsigned } = encodeBundle(model);
  const bundle = await signBundle(unsigned, world.signer, tenantId);
  const row = {
    id: modelId,
    tenant_id: tenantId,
    detector_id: detectorId,
    entity_id: deviceId,
    label: modelLabel(NOW),
    summary: summaryOf(model, bundle.length),
    created_at: NOW,
  };
  await db.writer.commit({
    statements: [
      ...fittedStatements(row, bundle, NOW),
      await settingStatement(tenantId, setting, world.signer, NOW),
    ],
  });
  return { tenant, deviceId, metricId, modelId, model, setting };
}
