export { type Access, type Authenticate, createAccess, type EdgePrincipal } from "./access.ts";
export type { StoredAnomaly } from "./anomaly.ts";
export { createEdgeApp } from "./app.ts";
export type { EdgeAppOptions, EdgeTenant } from "./edge_parts.ts";
export { taggedResponse } from "./etag.ts";
export { createGuard, type Guard, type GuardOptions, type Handler } from "./guard.ts";
export { Routes } from "./routes.ts";
export type { HealthCheck } from "./health.ts";
export type {
  CurrentScore,
  CurrentScores,
  EdgeStatus,
  ExpectedBand,
  IncidentCatalog,
  IncidentPlace,
  IncidentQuery,
  ModelStatus,
  NamingStatus,
  ScoringStatus,
  ToldIncident,
} from "./own_state/mod.ts";
export { countCommitted, EdgeMetrics } from "./metrics.ts";
export { RateLimiter } from "./rate_limiter.ts";
export type { ModelCatalog, ModelReference, ModelSummary, ServedModel } from "./models.ts";
export type { RequestTrace } from "./request_trace.ts";
