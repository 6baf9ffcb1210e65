export * from "./body.ts";
export * from "./content_type.ts";
export * from "./instant.ts";
export * from "./json.ts";
export * from "./points.ts";
export * from "./problem.ts";
export * from "./refusal.ts";
export * from "./score_request.ts";
