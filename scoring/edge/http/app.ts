import { type Context, Hono } from "hono";
import { DEFAULT_EDGE_LIMITS, type EdgeLimits } from "../limits.ts";
import { Problem, WorkBudget } from "../wire/mod.ts";
import type { Ingest } from "../ingest/mod.ts";
import type { Intake } from "../intake/mod.ts";
import type { AnomalyTenant } from "./anomaly.ts";
import { type Authenticate, createAccess, type EdgePrincipal, SENDER_ROLES } from "./access.ts";
import { taggedResponse } from "./etag.ts";
import { createGuard, type Guard, type GuardOptions } from "./guard.ts";
import { type HealthCheck, healthResponse } from "./health.ts";
import { type Answer, IdempotencyCache } from "./idempotency.ts";
import { EdgeMetrics } from "./metrics.ts";
import {
  addOwnState,
  type CurrentScores,
  type EdgeStatus,
  type IncidentCatalog,
} from "./own_state/mod.ts";
import { describeModel, listModels } from "./model_answers.ts";
import type { ModelCatalog } from "./models.ts";
import { openApiDocument } from "./openapi.ts";
import { serveRoute } from "./route.ts";
import { addSenderRoutes } from "./senders/mod.ts";
import { answerScore } from "./score.ts";
import { answerTelemetry, type TelemetryAnswer } from "./telemetry.ts";

/** What an edge does for one tenant. */
export interface EdgeTenant {
  /** Without one, as where nothing durable is at hand, telemetry is refused. */
  readonly ingest: Ingest | undefined;
  /** The tenant's own mapping; without one that has no rules, and makes no names. */
  readonly intake?: Intake;
  readonly models: ModelCatalog;
  readonly incidents?: IncidentCatalog;
  /** A stored anomaly by its id. */
  readonly findAnomaly?: AnomalyTenant["findAnomaly"];
  /** More than version and clock. */
  readonly status?: () => EdgeStatus | Promise<EdgeStatus>;
  /** The newest verdicts, for `/metrics`. */
  readonly scores?: () => Promise<CurrentScores>;
}

export interface EdgeAppOptions extends Omit<GuardOptions, "metrics"> {
  readonly authenticate: Authenticate;
  /** The tenant of a verified key. */
  readonly tenantOf: (tenantId: string) => EdgeTenant | Promise<EdgeTenant>;
  readonly limits?: Partial<EdgeLimits>;
  /** What `/readyz` asks; ready without. */
  readonly checks?: () => Promise<readonly HealthCheck[]>;
  /** Counters that `/metrics` shows; the app adds its own. */
  readonly metrics?: EdgeMetrics;
}

/** The parts that the routes share. */
export interface EdgeParts {
  readonly options: EdgeAppOptions;
  readonly limits: EdgeLimits;
  readonly metrics: EdgeMetrics;
  readonly guard: Guard;
  /** Of which all bodies are read and worked on. */
  readonly budget: WorkBudget;
  /** Lets a caller in, with its tenant. */
  readonly enter: Enter;
}

type Enter = (
  request: Request,
  roles?: readonly string[],
  queryKey?: string | null,
) => Promise<Entered>;

/** A caller that was let in, and its tenant. */
export interface Entered {
  readonly principal: EdgePrincipal;
  readonly tenant: EdgeTenant;
}

/**
 * The edge over HTTP: a gateway mounts it at its root, a stand-alone edge serves it alone. Every path
 * answers other methods with 405, and every refusal is a problem document.
 */
export function createEdgeApp(options: EdgeAppOptions): Hono {
  const limits = { ...DEFAULT_EDGE_LIMITS, ...options.limits };
  const metrics = options.metrics ?? new EdgeMetrics();
  const access = createAccess(options.authenticate, limits, options.now);
  const guard = createGuard({ ...options, metrics });
  const enter: Enter = async (request, roles, queryKey) => {
    const principal = await access.admit(request, roles, queryKey);
    return { principal, tenant: await options.tenantOf(principal.tenantId) };
  };
  const budget = new WorkBudget(limits.bodyBytesInWorkMax);
  const parts = { options, limits, metrics, guard, budget, enter };
  const app = new Hono();
  addDataRoutes(app, parts);
  addModelRoutes(app, parts);
  addSenderRoutes(app, parts);
  addOwnState(app, parts);
  addOpenRoutes(app, parts);
  app.notFound(guard("other", ({ req: { path } }) => {
    throw new Problem("NOT_FOUND", `Cannot find ${path.slice(0, 64)}`);
  }));
  return app;
}

function addDataRoutes(app: Hono, { limits, metrics, guard, budget, enter }: EdgeParts): void {
  const deps = {
    limits,
    idempotency: new IdempotencyCache(),
    onTaken: (answer: TelemetryAnswer) => countPoints(metrics, answer),
  };
  serveRoute(app, guard, "POST", "/v1/telemetry", async ({ req: { raw } }) => {
    const { principal, tenant } = await enter(raw, SENDER_ROLES);
    return jsonResponse(
      await budget.run((share) =>
        answerTelemetry(raw, principal, tenant.ingest, { ...deps, share })
      ),
    );
  });
  serveRoute(app, guard, "POST", "/v1/score", async ({ req: { raw } }) => {
    const { tenant } = await enter(raw);
    return jsonResponse(
      await budget.run((share) => answerScore(raw, tenant.models, limits, share)),
    );
  });
}

function addModelRoutes(app: Hono, { guard, enter }: EdgeParts): void {
  serveRoute(app, guard, "GET", "/v1/models", async ({ req: { raw } }) => {
    const { tenant } = await enter(raw);
    return await taggedResponse(raw, await listModels(tenant.models));
  });
  serveRoute(app, guard, "GET", "/v1/models/:id", async ({ req }: Context) => {
    const { tenant } = await enter(req.raw);
    return await taggedResponse(req.raw, await describeModel(tenant.models, req.param("id") ?? ""));
  });
}

/** What anyone may ask who reaches the port: nothing of it is a tenant's. */
function addOpenRoutes(app: Hono, { options, limits, guard }: EdgeParts): void {
  const document = JSON.stringify(openApiDocument(limits));
  serveRoute(app, guard, "GET", "/livez", () => healthResponse([]));
  serveRoute(
    app,
    guard,
    "GET",
    "/readyz",
    async () => healthResponse(await options.checks?.() ?? []),
  );
  serveRoute(
    app,
    guard,
    "GET",
    "/openapi.json",
    ({ req: { raw } }) => taggedResponse(raw, document),
  );
}

function jsonResponse({ status, body }: Answer): Response {
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}

function countPoints(metrics: EdgeMetrics, answer: TelemetryAnswer): void {
  const count = (result: string, by: number) =>
    metrics.count("treeline_points_total", "Points of requests", by, { result });
  count("accepted", answer.accepted);
  count("duplicate", answer.duplicates);
  count("refused", answer.refused.length);
}
