export {
  createStandaloneEdge,
  type EdgeLog,
  OUTBOX_BYTES_MAX,
  type StandaloneEdge,
  type StandaloneEdgeOptions,
} from "./edge.ts";
export { edgeSources, type OpenEdgeSources, type PlannedSource } from "./edge_sources.ts";
export {
  createGatewayClient,
  type GatewayChange,
  type GatewayClient,
  type GatewayClientOptions,
  GatewayError,
  type TaggedAssignments,
} from "./gateway_client.ts";
export * from "./protocol.ts";
export {
  createStatelessEdge,
  type StatelessEdge,
  type StatelessEdgeOptions,
} from "./stateless_edge.ts";
export {
  DISK_BYTES_MAX,
  FileInUseError,
  type SqlDatabase,
  type SqlRow,
  type SqlValue,
} from "./store/mod.ts";
