export * from "./edge_protocol.ts";
export * from "./edge_tenants.ts";
