/** What an edge tells of itself: its incidents, its status, its scores. */
export type { IncidentCatalog, IncidentPlace, IncidentQuery, ToldIncident } from "./incidents.ts";
export { OWN_STATE_SCHEMAS, ownStatePaths } from "./openapi.ts";
export { addOwnState } from "./routes.ts";
export type { CurrentScore, CurrentScores, ExpectedBand } from "./scores.ts";
export type { EdgeStatus, ModelStatus, NamingStatus, ScoringStatus } from "./status.ts";
