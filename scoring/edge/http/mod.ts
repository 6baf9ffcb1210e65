export { type Access, type Authenticate, createAccess, type EdgePrincipal } from "./access.ts";
export { createEdgeApp, type EdgeAppOptions, type EdgeTenant } from "./app.ts";
export { taggedResponse } from "./etag.ts";
export { createGuard, type Guard, type GuardOptions, type Handler } from "./guard.ts";
export { serveRoute } from "./route.ts";
export type { HealthCheck } from "./health.ts";
export { countCommitted, EdgeMetrics } from "./metrics.ts";
export type { ModelCatalog, ModelReference, ModelSummary, ServedModel } from "./models.ts";
export type { RequestTrace } from "./request_trace.ts";
