export { EDGE_CONFIGURATION } from "./configuration_watch.ts";
export * from "./edge_sync.ts";
export * from "./edges.ts";
export { tellSilentEdges } from "./silent_edges.ts";
export { createTenantEdgeStore, type EdgeStoreDeps, type TenantEdgeStore } from "./edge_store.ts";
export { type EdgeSketch, type EdgeSketchFilter, listEdgeSketches } from "./edge_sketches.ts";
