import {
  createIdFactory,
  type Database,
  enqueueDueJobs,
  listTenants,
  tellSilentEdges,
  verifyApiKey,
} from "../domain/mod.ts";
import { createEdgeApp, EdgeMetrics, type HealthCheck } from "../scoring/edge/mod.ts";
import { createGatewayApp } from "./app.ts";
import { authenticate, rememberingKeys } from "./auth.ts";
import type { GatewayConfig } from "./config.ts";
import { createEdgeProtocol, createEdgeTenants } from "./edge/mod.ts";
import { createGraphQL } from "./graphql/mod.ts";
import { startJobs } from "./jobs/mod.ts";
import type { GatewayKeys } from "./keys.ts";
import { serve } from "./serve.ts";

/** How often silent devices and edges are looked at: well within the narrowest usual bucket. */
const TICK_MS = 5_000;

export interface GatewayOptions {
  readonly config: GatewayConfig;
  /** With this version's tables; the gateway closes it. */
  readonly database: Database;
  readonly keys: GatewayKeys;
  /** Further ports that are tried when the configured one is taken. */
  readonly nextPorts?: number;
  /** Headers that GraphiQL begins with, in development. */
  readonly graphiqlHeaders?: Readonly<Record<string, string>>;
  /** Gets what callers are not told: bugs and outages. */
  readonly report: (error: unknown) => void;
}

export interface Gateway {
  /** As "http://127.0.0.1:8000". */
  readonly url: string;
  readonly port: number;
  /** Ends streams and jobs, lets requests finish within the configured time, closes the database. */
  close(): Promise<void>;
}

/**
 * Runs the gateway: GraphQL, the edge of every tenant, the edge protocol and the jobs, on one port.
 *
 * @throws {AddressInUseError} When the port is taken.
 */
export function startGateway(options: GatewayOptions): Gateway {
  const { config, database, keys, report } = options;
  const now = Date.now;
  const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
  const newId = createIdFactory({ now, random });
  const metrics = new EdgeMetrics();
  const tenants = createEdgeTenants({
    database,
    metrics,
    trustedKeys: keys.trustedKeys,
    now,
    newId,
    onError: report,
  });
  const graphql = createGraphQL({
    db: database,
    now,
    newId,
    cursorSecret: keys.cursorSecret,
    development: config.development ? { graphiqlHeaders: options.graphiqlHeaders } : undefined,
    report,
  });
  const verify = rememberingKeys((key) => verifyApiKey(database, key), now);
  const shared = { authenticate: verify, metrics, now, newId, onError: report };
  const app = createGatewayApp({
    graphql,
    edge: createEdgeApp({ ...shared, tenantOf: tenants.get, checks: () => checks(database) }),
    edgeProtocol: createEdgeProtocol({ ...shared, database, signer: keys.signer }),
    authenticate: (request) => authenticate(request, verify),
  });
  const { host, port } = config;
  const served = serve(app, { host, port, nextPorts: options.nextPorts });
  const jobs = startJobs({
    db: database,
    signer: keys.signer,
    now,
    newId,
    owner: newId(),
    onError: report,
  });
  const ticking = startTicking(async () => {
    await tenants.tick();
    await tellSilentEdges(database, now());
    await enqueueDueJobs(database, { now });
  }, report);
  return {
    url: served.url,
    port: served.port,
    async close() {
      await ticking.stop();
      await jobs.stop();
      graphql.close();
      await served.close(config.drainMs);
      tenants.close();
      await database.close();
    },
  };
}

async function checks(database: Database): Promise<HealthCheck[]> {
  try {
    await listTenants(database, { first: 1 });
    return [{ name: "database", ok: true }];
  } catch {
    return [{ name: "database", ok: false, detail: "The database does not answer" }];
  }
}

/** One tick after the other, so that a slow one is not overtaken. */
function startTicking(
  tick: () => Promise<void>,
  report: (error: unknown) => void,
): { stop: () => Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    running = tick().catch(report).finally(() => isRunning = false);
  }, TICK_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
