import type { Hono } from "hono";
import { type Database, findBundle, listAssignments, type TenantDb } from "../../domain/mod.ts";
import type { Signer } from "../../scoring/bundle/mod.ts";
import {
  type Authenticate,
  contentTypeOf,
  createAccess,
  createGuard,
  DEFAULT_EDGE_LIMITS,
  type EdgeLimits,
  EdgeMetrics,
  type GuardOptions,
  Problem,
  quoted,
  readBody,
  Routes,
  SYNC_BYTES_MAX,
  taggedResponse,
  WorkBudget,
} from "../../scoring/edge/mod.ts";
import { edgeStream } from "./edge_stream.ts";
import { OpenStreams, type StreamLimits } from "./open_streams.ts";
import { answerSync } from "./sync_answer.ts";
import { parseSyncRequest } from "./sync_request.ts";

/** Who may take a tenant's bundles and write into its history. */
const EDGE_ROLES = ["edge", "admin"];

const MODEL_ID = /^[0-9a-f]{64}$/;

export interface EdgeProtocolOptions extends Omit<GuardOptions, "metrics"> {
  readonly database: Database;
  readonly authenticate: Authenticate;
  /** Signs what edges decide by. */
  readonly signer: Signer;
  readonly metrics?: EdgeMetrics;
  readonly limits?: Partial<EdgeLimits>;
  /** Default `STREAM_LIMITS`. */
  readonly streamLimits?: StreamLimits;
}

/** What edges that run elsewhere speak with the gateway: assignments, bundles and sync. */
export function createEdgeProtocol(options: EdgeProtocolOptions): Hono {
  const { database, signer, now, newId, metrics = new EdgeMetrics() } = options;
  const limits = { ...DEFAULT_EDGE_LIMITS, bodyBytesMax: SYNC_BYTES_MAX, ...options.limits };
  const access = createAccess(options.authenticate, limits, now);
  const routes = new Routes(createGuard({ ...options, metrics }));
  const streams = new OpenStreams(options.streamLimits);
  const enter = async (request: Request): Promise<TenantDb> => {
    const { tenantId } = await access.admit(request, EDGE_ROLES);
    return database.tenant(tenantId);
  };
  const budget = new WorkBudget(limits.bodyBytesMax);
  routes.serve("GET", "/edge/v1/assignments", async (request) => {
    const tenant = await enter(request);
    const isMetricsOnce = new URL(request.url).searchParams.get("metrics") === "once";
    const document = await listAssignments(tenant, signer, { isMetricsOnce });
    return await taggedResponse(request, JSON.stringify(document));
  });
  routes.serve("GET", "/edge/v1/bundles/:id", async (request, id) => {
    const tenant = await enter(request);
    return await bundleResponse(tenant, id, request);
  });
  routes.serve("GET", "/edge/v1/stream", async (request) => {
    const principal = await access.admit(request, EDGE_ROLES);
    const stillAllowed = () => enter(request);
    const { events } = database;
    const { tenantId } = principal;
    const onEnd = streams.open(principal);
    return await edgeStream({ events, tenantId, signal: request.signal, stillAllowed, onEnd });
  });
  routes.serve("POST", "/edge/v1/sync", async (request) => {
    const tenant = await enter(request);
    contentTypeOf(request, ["application/json"]);
    return await budget.run(async (share) => {
      const parsed = parseSyncRequest(await readBody(request, { ...limits, share }), now());
      return Response.json(await answerSync(database, tenant, parsed, { now, newId }));
    });
  });
  return routes.app;
}

/** A bundle never changes under its id, so whoever has it needs not ask again. */
async function bundleResponse(
  tenant: TenantDb,
  id: string,
  request: Request,
): Promise<Response> {
  const bundle = MODEL_ID.test(id) ? await findBundle(tenant, id) : undefined;
  if (bundle === undefined) {
    throw new Problem("MODEL_UNKNOWN", `Cannot find model ${quoted(id)}`, { field: "id" });
  }
  const headers = {
    "cache-control": "private, max-age=31536000, immutable",
    etag: `"${id}"`,
  };
  if (request.headers.get("if-none-match")?.includes(headers.etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(bundle as Uint8Array<ArrayBuffer>, {
    headers: { ...headers, "content-type": "application/octet-stream" },
  });
}
