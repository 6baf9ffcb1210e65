import { type Database, findApiKey, type Principal, verifyApiKey } from "../../domain/mod.ts";
import { createCursors } from "./cursor.ts";
import { checkedRequest, refusal } from "./graphql_request.ts";
import { RateLimitedError, type RequestRate, RequestRates } from "./request_rate.ts";
import { StreamRegistry, streamSlot } from "./streams.ts";
import { createSocketHandler } from "./websocket.ts";
import { createYogaServer } from "./yoga.ts";

export interface GraphQLOptions {
  readonly db: Database;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Secret of the installation that its cursors are sealed with, at least 32 bytes. */
  readonly cursorSecret: Uint8Array;
  /** Shows GraphiQL and lets the schema be asked for; these headers are filled in for GraphiQL. */
  readonly development?: { readonly graphiqlHeaders?: Readonly<Record<string, string>> };
  /** Fills bytes with randomness fit for secrets; the platform's own where not given. */
  readonly random?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
  /** How often one key may ask; the product's own limits where not given. */
  readonly requestRate?: RequestRate;
  /** Gets what callers are not told: bugs and outages. */
  readonly report?: (error: unknown) => void;
}

export interface GraphQLServer {
  /** Answers a request to `/graphql`; who asks was verified before, or could not be. */
  fetch(request: Request, principal: Principal | undefined): Promise<Response>;
  /** Upgrades a request to graphql-transport-ws; the key comes in its header or connection_init. */
  handleSocket(request: Request): Response;
  /** Ends all streams and sockets, so that their readers go on with the next process. */
  close(): void;
}

/** The GraphQL face of a gateway, over HTTP with server-sent events and over WebSocket. */
export function createGraphQL(options: GraphQLOptions): GraphQLServer {
  const { db, development, report = () => {} } = options;
  const registry = new StreamRegistry(({ tenantId, keyId }) => isKeyValid(db, tenantId, keyId));
  const random = options.random ?? ((bytes) => crypto.getRandomValues(bytes));
  const cursors = createCursors(options.cursorSecret);
  const rates = new RequestRates(options.now, options.requestRate);
  const yoga = createYogaServer({ ...options, cursors, random, registry, report });
  return {
    handleSocket: createSocketHandler({
      yoga,
      registry,
      rates,
      verify: (key) => verifyApiKey(db, key),
      now: options.now,
      report,
    }),
    close: () => registry.close(),
    async fetch(request, principal) {
      if (development && wantsPage(request)) {
        return await yoga.fetch(request, { principal: NOBODY, stream: streamSlot(null) });
      }
      if (principal === undefined) return unauthenticated(request);
      const limited = rateLimited(request, rates, principal);
      if (limited) return limited;
      const checked = await checkedRequest(request);
      if (checked instanceof Response) return checked;
      const stream = streamSlot(request.headers.get("last-event-id"));
      return await yoga.fetch(checked, { principal, stream });
    },
  };
}

async function isKeyValid(db: Database, tenantId: string, keyId: string): Promise<boolean> {
  const key = await findApiKey(db.tenant(tenantId), keyId);
  return key !== undefined && key.revoked_at === null;
}

/** GraphiQL's page is for all; what it asks for then needs a key. */
const NOBODY: Principal = { tenantId: "", keyId: "", name: "", role: "edge" };

function wantsPage({ method, headers, url }: Request): boolean {
  return method === "GET" && (headers.get("accept") ?? "").includes("text/html") &&
    !new URL(url).searchParams.has("query");
}

/** The answer to a request that is one too many, before its body is read. */
function rateLimited(
  request: Request,
  rates: RequestRates,
  principal: Principal,
): Response | undefined {
  try {
    rates.take(principal);
    return undefined;
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    const { message, limit: name, value, retryAfterSeconds } = error;
    return refusal(request, 429, "RATE_LIMITED", message, {
      headers: { "retry-after": String(retryAfterSeconds) },
      limit: { name, value },
      retryAfterSeconds,
    });
  }
}

function unauthenticated(request: Request): Response {
  return refusal(request, 401, "UNAUTHENTICATED", "A valid API key is needed", {
    headers: { "www-authenticate": "Bearer" },
  });
}
