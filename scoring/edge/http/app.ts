import type { Hono } from "hono";
import type { Awaitable } from "../async/awaitable.ts";
import { DEFAULT_EDGE_LIMITS } from "../limits.ts";
import { WorkBudget } from "../wire/mod.ts";
import { createAccess, type EdgePrincipal, SENDER_ROLES } from "./access.ts";
import type { EdgeAppOptions, EdgeParts, Enter, Entered } from "./edge_parts.ts";
import { taggedResponse } from "./etag.ts";
import { createGuard } from "./guard.ts";
import { healthResponse } from "./health.ts";
import { IdempotencyCache } from "./idempotency.ts";
import { EdgeMetrics } from "./metrics.ts";
import { addOwnState } from "./own_state/mod.ts";
import { describeModel, listModels } from "./model_answers.ts";
import { openApiDocument } from "./openapi.ts";
import { jsonResponse } from "./json_response.ts";
import { Routes } from "./routes.ts";
import { addSenderRoutes } from "./senders/mod.ts";
import { answerScore } from "./score.ts";
import { answerTelemetry, type TelemetryAnswer } from "./telemetry.ts";

/**
 * The edge over HTTP: a gateway mounts it at its root, a stand-alone edge serves it alone. Every path
 * answers other methods with 405, and every refusal is a problem document.
 */
export function createEdgeApp(options: EdgeAppOptions): Hono {
  const limits = { ...DEFAULT_EDGE_LIMITS, ...options.limits };
  const metrics = options.metrics ?? new EdgeMetrics();
  const { admit } = createAccess(options.authenticate, limits, options.now);
  const routes = new Routes(createGuard({ ...options, metrics }));
  const enter: Enter = (request, roles, queryKey) => {
    const admitted = admit(request, roles, queryKey);
    return admitted instanceof Promise ? admitted.then(entered) : entered(admitted);
  };
  const entered = (principal: EdgePrincipal): Awaitable<Entered> => {
    const tenant = options.tenantOf(principal.tenantId);
    if (!(tenant instanceof Promise)) return { principal, tenant };
    return tenant.then((opened) => ({ principal, tenant: opened }));
  };
  const budget = new WorkBudget(limits.bodyBytesInWorkMax);
  const parts = { options, limits, metrics, routes, budget, admit, enter };
  addDataRoutes(parts);
  addModelRoutes(parts);
  addSenderRoutes(parts);
  addOwnState(parts);
  addOpenRoutes(parts);
  return routes.app;
}

function addDataRoutes({ routes, limits, metrics, budget, enter }: EdgeParts): void {
  const deps = {
    limits,
    idempotency: new IdempotencyCache(),
    onTaken: (answer: TelemetryAnswer) => countPoints(metrics, answer),
  };
  routes.serve("POST", "/v1/telemetry", async (request) => {
    const { principal, tenant } = await enter(request, SENDER_ROLES);
    return jsonResponse(
      await budget.run((share) =>
        answerTelemetry(request, principal, tenant.ingest, { ...deps, share })
      ),
    );
  });
  routes.serve("POST", "/v1/score", (request) => {
    const answer = ({ tenant }: Entered) => answerScore(request, tenant.models, limits, budget);
    const entered = enter(request);
    return entered instanceof Promise ? entered.then(answer) : answer(entered);
  });
}

function addModelRoutes({ routes, enter }: EdgeParts): void {
  routes.serve("GET", "/v1/models", async (request) => {
    const { tenant } = await enter(request);
    return await taggedResponse(request, await listModels(tenant.models));
  });
  routes.serve("GET", "/v1/models/:id", async (request, id) => {
    const { tenant } = await enter(request);
    return await taggedResponse(request, await describeModel(tenant.models, id));
  });
}

/** What anyone may ask who reaches the port: nothing of it is a tenant's. */
function addOpenRoutes({ options, limits, routes }: EdgeParts): void {
  const document = JSON.stringify(openApiDocument(limits));
  routes.serve("GET", "/livez", () => healthResponse([]));
  routes.serve("GET", "/readyz", async () => healthResponse(await options.checks?.() ?? []));
  routes.serve("GET", "/openapi.json", (request) => taggedResponse(request, document));
}

function countPoints(metrics: EdgeMetrics, answer: TelemetryAnswer): void {
  const count = (result: string, by: number) =>
    metrics.count("treeline_points_total", "Points of requests", by, { result });
  count("accepted", answer.accepted);
  count("duplicate", answer.duplicates);
  count("refused", answer.refused.length);
}
