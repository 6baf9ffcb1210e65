import { assignedDocument, FakeGateway } from "../scoring/edge/fake_gateway.ts";
import { openWorld } from "../scoring/edge/world.ts";
import { GatewayError } from "../../scoring/edge/mod.ts";

/** A gateway in memory over HTTP, for edges in processes of their own. */
export interface GatewayStub extends AsyncDisposable {
  readonly url: string;
  readonly gateway: FakeGateway;
  /** What an edge of any runtime needs to know of it. */
  readonly settings: Readonly<Record<string, string>>;
}

export const SENDER_KEY = "q4Jt9ZxW1mB7uLr2Vd8KcYp5NfHs3AeG";

export async function startGatewayStub(): Promise<GatewayStub> {
  const world = await openWorld();
  // Points of the past: in live mode a real clock would close their buckets between two requests.
  const document = { ...await assignedDocument(world), clockMode: "replay" } as const;
  const gateway = new FakeGateway(document);
  gateway.bundles.set(world.modelId, world.bundle);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => answer(gateway, request),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  return {
    url,
    gateway,
    settings: {
      TREELINE_GATEWAY_URL: url,
      TREELINE_EDGE_KEY: "w2Hc8RfX5nVq3ZtY7bKm1LpD6sGj9AeU",
      TREELINE_TRUSTED_KEYS: btoa(String.fromCharCode(...world.publicKey)),
      TREELINE_SENDER_KEY: SENDER_KEY,
      TREELINE_EDGE_ID: "edge-1",
      TREELINE_EDGE_OUTBOX_MB: "64",
      TREELINE_EDGE_FORWARDING: "all",
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function answer(gateway: FakeGateway, request: Request): Promise<Response> {
  try {
    return await route(gateway, request);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { code, limit } = error;
    return Response.json({ code, limit }, { status: error.status || 503 });
  }
}

async function route(gateway: FakeGateway, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/edge/v1/sync") return Response.json(await gateway.sync(await request.json()));
  if (pathname === "/edge/v1/assignments") {
    const tagged = await gateway.assignments("edge-1", null);
    const etag = '"1"';
    return request.headers.get("if-none-match") === etag
      ? new Response(null, { status: 304 })
      : Response.json(tagged?.document, { headers: { etag } });
  }
  const [, modelId] = /^\/edge\/v1\/bundles\/(\w+)$/.exec(pathname) ?? [];
  if (modelId === undefined) return Response.json({ code: "NOT_FOUND" }, { status: 404 });
  return new Response(await gateway.bundle(modelId) as Uint8Array<ArrayBuffer>);
}
