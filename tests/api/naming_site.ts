import type { Hono } from "hono";
import { createEdgeProtocol } from "../../api/edge/edge_protocol.ts";
import { createEdgeTenants, type EdgeTenants } from "../../api/edge/edge_tenants.ts";
import {
  type Database,
  listDevices,
  listMetrics,
  listQuarantinedSeries,
  listTelemetry,
  type NewMappingRules,
  setMappingRules,
  type TenantDb,
} from "../../domain/mod.ts";
import {
  createEdgeApp,
  createGatewayClient,
  createStandaloneEdge,
  EdgeMetrics,
  type StandaloneEdge,
} from "../../scoring/edge/mod.ts";
import { openSqlite } from "../../scoring/edge/platform/deno.ts";
import { addTenant, commit, deps } from "../domain/fixtures.ts";
import { openTestDatabase } from "../domain/test_database.ts";
import { openWorld, START } from "../scoring/edge/world.ts";

/** Later than all samples of the tests. */
export const NOW = START + 86_400_000;

/** A gateway to whose own intake samples can be posted, and an edge of another of its tenants. */
export interface NamingSite extends AsyncDisposable {
  readonly db: Database;
  /** Whose senders post to the gateway. */
  readonly direct: TenantDb;
  /** Whose senders post to the edge. */
  readonly remote: TenantDb;
  readonly gateway: { readonly app: Hono; readonly tenants: EdgeTenants };
  readonly line: { isCut: boolean };
  readonly clock: { now: number };
  /** The edge, made anew from its file. */
  readonly openEdge: () => StandaloneEdge;
  /** Gives both tenants these rules; the gateway believes its own for no longer. */
  readonly setRules: (rules: NewMappingRules) => Promise<void>;
}

export async function openNamingSite(): Promise<NamingSite> {
  const test = await openTestDatabase();
  const { db, folder } = test;
  const { tenant: direct } = await addTenant(db, "direct");
  const { tenant: remote } = await addTenant(db, "remote");
  const { signer, trustedKeys } = await openWorld();
  const clock = { now: NOW };
  const line = { isCut: false };
  const onError = (error: unknown) => {
    throw error;
  };
  const shared = { now: () => clock.now, newId: deps.newId, onError };
  const tenants = createEdgeTenants({
    ...shared,
    database: db,
    trustedKeys,
    metrics: new EdgeMetrics(),
  });
  const as = ({ tenantId }: TenantDb) => () =>
    Promise.resolve({ tenantId, keyId: "local", role: "edge" });
  const app = createEdgeApp({ ...shared, authenticate: as(direct), tenantOf: tenants.get });
  const protocol = createEdgeProtocol({
    ...shared,
    database: db,
    signer,
    authenticate: as(remote),
  });
  const gateway = createGatewayClient({
    url: "http://gateway",
    key: "local",
    fetch: async (input, init) => {
      if (line.isCut) throw new TypeError("connection refused");
      return await protocol.request(input, init);
    },
  });
  let edge: StandaloneEdge | undefined;
  return {
    db,
    direct,
    remote,
    gateway: { app, tenants },
    line,
    clock,
    openEdge: () => {
      edge?.close();
      edge = createStandaloneEdge({
        ...shared,
        database: openSqlite(`${folder}/edge.db`),
        gateway,
        edgeId: "edge-1",
        trustedKeys,
        authenticate: as(remote),
        log: () => {},
      });
      return edge;
    },
    setRules: async (rules) => {
      for (const tenant of [direct, remote]) await commit(db, setMappingRules(tenant, rules, deps));
      clock.now += 2_000;
    },
    async [Symbol.asyncDispose]() {
      edge?.close();
      tenants.close();
      await test[Symbol.asyncDispose]();
    },
  };
}

/** Posts lines of Influx with times in ms; gives the status and what was refused. */
export async function write(app: Hono, lines: readonly string[]): Promise<unknown> {
  const response = await app.request("/write?precision=ms", {
    method: "POST",
    body: lines.join("\n"),
    headers: { "x-api-key": "local", "content-type": "text/plain" },
  });
  const text = await response.text();
  const { errors = [] } = text === "" ? {} : JSON.parse(text);
  const codes = errors.map(({ line, code }: Record<string, unknown>) => `${line} ${code}`);
  return { status: response.status, codes };
}

export async function statusOf(edge: StandaloneEdge) {
  const response = await edge.app.request("/v1/status", { headers: { "x-api-key": "local" } });
  return await response.json();
}

/** All that a tenant has of its senders: names, points, quarantine. */
export async function kept(tenant: TenantDb) {
  const page = { first: 200 };
  const devices = (await listDevices(tenant, page)).items;
  const metrics = (await listMetrics(tenant, page)).items;
  const points: string[] = [];
  for (const device of devices) {
    for (const metric of metrics) {
      const ids = { deviceId: device.id, metricId: metric.id };
      const { items } = await listTelemetry(tenant, { ...ids, first: 500 });
      for (const { at, value, late } of items) {
        points.push(`${device.external_id} ${metric.name} ${at} ${value}${late ? " late" : ""}`);
      }
    }
  }
  const { items: quarantined } = await listQuarantinedSeries(tenant, page);
  return {
    devices: devices.map(({ external_id, source }) => `${external_id} ${source}`),
    metrics: metrics.map(({ name, unit, data_type }) => `${name} ${unit} ${data_type}`),
    points,
    quarantined: quarantined.map(({ device, metric, unit, kind, origin, points, last_value }) =>
      JSON.stringify([device, metric, unit, kind, origin, points, last_value])
    ).sort(),
  };
}
