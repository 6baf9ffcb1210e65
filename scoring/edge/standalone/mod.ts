export { createStandaloneEdge, type StandaloneEdge } from "./edge.ts";
export type { EdgeLog } from "./edge_log.ts";
export {
  type GatewayEdgeOptions,
  OUTBOX_BYTES_MAX,
  type StandaloneEdgeOptions,
} from "./edge_options.ts";
export { edgeSources, type OpenEdgeSources, type PlannedSource } from "./edge_sources.ts";
export {
  createGatewayClient,
  type GatewayChange,
  type GatewayClient,
  type GatewayClientOptions,
  GatewayError,
  type StreamNews,
  type TaggedAssignments,
} from "./gateway_client.ts";
export * from "./protocol.ts";
export { createStatelessEdge, type StatelessEdge } from "./stateless_edge.ts";
export {
  DISK_BYTES_MAX,
  FileInUseError,
  type SqlDatabase,
  type SqlRow,
  type SqlValue,
} from "./store/mod.ts";
