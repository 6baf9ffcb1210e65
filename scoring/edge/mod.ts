/** The edge: telemetry in over HTTP, verdicts and incidents out, for any tenant and any store. */
export type { Awaitable } from "./async/awaitable.ts";
export * from "./http/mod.ts";
export * from "./ingest/mod.ts";
export * from "./intake/mod.ts";
export * from "./limits.ts";
export * from "./mapping/mod.ts";
export * from "./sources/mod.ts";
export * from "./standalone/mod.ts";
export * from "./store.ts";
export * from "./wire/mod.ts";
