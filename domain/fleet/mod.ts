/** What is watched: devices, their metrics and points, and what senders call them. */
export * from "./devices.ts";
export * from "./mapping_rules.ts";
export * from "./metrics.ts";
export * from "./quarantined_series.ts";
export { findSeries, listSeries, type Series } from "./series.ts";
export * from "./telemetry.ts";
export * from "./unknown_names.ts";
