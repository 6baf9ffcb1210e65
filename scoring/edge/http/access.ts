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
export type Authenticate = (key: string) => Promise<EdgePrincipal | undefined>;

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
  ): Promise<EdgePrincipal>;
}

export function createAccess(
  authenticate: Authenticate,
  limits: EdgeLimits,
  now: () => number,
): Access {
  const { requestsPerSecond, requestsBurst } = limits;
  const keys = new RateLimiter(requestsPerSecond, requestsBurst);
  const tenants = new RateLimiter(requestsPerSecond * TENANT_SHARE, requestsBurst * TENANT_SHARE);
  return {
    async admit(request, roles, queryKey = null) {
      const principal = await authenticate(presentedKey(request.headers, queryKey));
      if (principal === undefined) throw unauthorised("Cannot accept this API key");
      takeToken(keys, principal.keyId, now());
      takeToken(tenants, principal.tenantId, now());
      if (roles !== undefined && !roles.includes(principal.role)) {
        const message = `Cannot do this as ${principal.role}: wanted ${roles.join(" or ")}`;
        throw new Problem("FORBIDDEN", message);
      }
      return principal;
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
  const presented = [authorization, apiKey, queryKey].filter((each) => each !== null);
  if (presented.length > 1) {
    const message = "Cannot choose between Authorization, X-Api-Key and the query's key";
    throw new Problem("AUTH_AMBIGUOUS", message);
  }
  const key = apiKey ?? queryKey ?? keyOfAuthorization(authorization ?? "");
  if (key === undefined) throw unauthorised("Cannot find an API key: send Authorization");
  if (key.length > KEY_LENGTH_MAX) throw unauthorised("Cannot accept this API key");
  return key;
}

/**
 * `Bearer`, InfluxDB's `Token` with or without a user name before it, or `Basic` with the key as
 * password under any user name.
 */
function keyOfAuthorization(authorization: string): string | undefined {
  const [, scheme, credentials] = /^(bearer|token|basic) +([\x21-\x7e]+)$/i.exec(authorization) ??
    [];
  if (scheme?.toLowerCase() === "token") return credentials.slice(credentials.indexOf(":") + 1);
  if (scheme?.toLowerCase() !== "basic") return credentials;
  const [, password] = /^[^:]*:([\x21-\x7e]+)$/.exec(decodedBase64(credentials)) ?? [];
  return password;
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
