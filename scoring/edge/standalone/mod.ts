export { createStandaloneEdge, type StandaloneEdge, type StandaloneEdgeOptions } from "./edge.ts";
export {
  createGatewayClient,
  type GatewayClient,
  type GatewayClientOptions,
  GatewayError,
  type TaggedAssignments,
} from "./gateway_client.ts";
export * from "./protocol.ts";
export type { SqlDatabase, SqlRow, SqlValue } from "./sql_database.ts";
