import type { Hono } from "hono";
import type { Principal } from "../domain/mod.ts";
import type { GraphQLServer } from "./graphql/mod.ts";

export interface GatewayAppOptions {
  readonly graphql: GraphQLServer;
  /** `/v1/…`, health and metrics. */
  readonly edge: Hono;
  /** `/edge/v1/…`, for edges that run elsewhere. */
  readonly edgeProtocol: Hono;
  /** Who sends a request, `undefined` without a valid key. */
  readonly authenticate: (request: Request) => Promise<Principal | undefined>;
}

/** All of the gateway's faces on one port. */
export function createGatewayApp(options: GatewayAppOptions): Deno.ServeHandler {
  const { graphql, edge, edgeProtocol, authenticate } = options;
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/graphql") {
      if (isSocket(request)) return graphql.handleSocket(request);
      return await graphql.fetch(request, await authenticate(request));
    }
    const app = pathname.startsWith("/edge/v1/") ? edgeProtocol : edge;
    return await app.fetch(request);
  };
}

function isSocket({ headers }: Request): boolean {
  return headers.get("upgrade")?.toLowerCase() === "websocket";
}
