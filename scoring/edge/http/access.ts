import type { Awaitable } from "../async/awaitable.ts";
import type { EdgeLimits } from "../limits.ts";
import { Problem } from "../wire/mod.ts";
import { RateLimiter } from "./rate_limiter.ts";

/** Who is asking, as a verified key says. */
export interface EdgePrincipal {
  readonly tenantId: string;
  readonly keyId: string;
  /** viewer, responder, engineer, admin or edge. */
  readonly role: string;
}

/** Gives the principal of a presented key, or `undefined` when it is unknown or revoked. */
export type Authenticate = (key: string) => Awaitable<EdgePrincipal | undefined>;

/** Roles that may send telemetry. */
export const SENDER_ROLES: readonly string[] = ["edge", "engineer", "admin"];

/** A tenant's keys together may send this many times what one key may. */
const TENANT_SHARE = 4;

/** Longest key that is worth a look-up. */
const KEY_LENGTH_MAX = 256;

/** Decides who may come in, and how often. */
export interface Access {
  /**
   * The principal of a request.
   * @param queryKey A key that came with the query, as version 1 of InfluxDB's interface has it.
   * @throws {Problem} When there is no valid key, its role is not among `roles`, or it asks too often.
   */
  admit(
    request: Request,
    roles?: readonly string[],
    queryKey?: string | null,
  ): Awaitable<EdgePrincipal>;
}

export function createAccess(
  authenticate: Authenticate,
  limits: EdgeLimits,
  now: () => number,
): Access {
  const { requestsPerSecond, requestsBurst } = limits;
  const keys = new RateLimiter(requestsPerSecond, requestsBurst);
  const tenants = new RateLimiter(requestsPerSecond * TENANT_SHARE, requestsBurst * TENANT_SHARE);
  const letIn = (principal: EdgePrincipal | undefined, roles: readonly string[] | undefined) => {
    if (principal === undefined) throw unauthorised("Cannot accept this API key");
    const at = now();
    takeToken(keys, principal.keyId, at);
    takeToken(tenants, principal.tenantId, at);
    if (roles !== undefined && !roles.includes(principal.role)) {
      const message = `Cannot do this as ${principal.role}: wanted ${roles.join(" or ")}`;
      throw new Problem("FORBIDDEN", message);
    }
    return principal;
  };
  return {
    admit(request, roles, queryKey = null) {
      const found = authenticate(presentedKey(request.headers, queryKey));
      if (!(found instanceof Promise)) return letIn(found, roles);
      return found.then((principal) => letIn(principal, roles));
    },
  };
}

function takeToken(limiter: RateLimiter, key: string, now: number): void {
  const seconds = limiter.take(key, now);
  if (seconds === 0) return;
  const message = `Cannot take more than ${limiter.perSecond} requests per second`;
  throw new Problem("RATE_LIMITED", message, {
    limit: limiter.perSecond,
    headers: { "retry-after": String(seconds) },
  });
}

function presentedKey(headers: Headers, queryKey: string | null): string {
  const authorization = headers.get("authorization");
  const apiKey = headers.get("x-api-key");
  const count = +(authorization !== null) + +(apiKey !== null) + +(queryKey !== null);
  if (count > 1) {
    const message = "Cannot choose between Authorization, X-Api-Key and the query's key";
    throw new Problem("AUTH_AMBIGUOUS", message);
  }
  const key = apiKey ?? queryKey ?? keyOfAuthorization(authorization ?? "");
  if (key === undefined) throw unauthorised("Cannot find an API key: send Authorization");
  if (key.length > KEY_LENGTH_MAX) throw unauthorised("Cannot accept this API key");
  return key;
}

const AUTHORIZATION = /^(bearer|token|basic) +([\x21-\x7e]+)$/i;

/**
 * `Bearer`, InfluxDB's `Token` with or without a user name before it, or `Basic` with the key as
 * password under any user name.
 */
function keyOfAuthorization(authorization: string): string | undefined {
  const found = AUTHORIZATION.exec(authorization);
  if (found === null) return undefined;
  const [, scheme, credentials] = found;
  switch (scheme.toLowerCase()) {
    case "token":
      return credentials.slice(credentials.indexOf(":") + 1);
    case "basic":
      return /^[^:]*:([\x21-\x7e]+)$/.exec(decodedBase64(credentials))?.[1];
    default:
      return credentials;
  }
}

function decodedBase64(text: string): string {
  // Four characters for three bytes; longer ones hold no key that is worth a look-up.
  return text.length <= KEY_LENGTH_MAX * 4 && /^[\w+/]*={0,2}$/.test(text) && text.length % 4 === 0
    ? atob(text)
    : "";
}

function unauthorised(message: string): Problem {
  return new Problem("AUTH_REQUIRED", message, {
    headers: { "www-authenticate": 'Bearer realm="treeline"' },
  });
}
