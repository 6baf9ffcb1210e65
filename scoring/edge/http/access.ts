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
   * @throws {Problem} When there is no valid key, its role is not among `roles`, or it asks too often.
   */
  admit(request: Request, roles?: readonly string[]): Promise<EdgePrincipal>;
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
    async admit(request, roles) {
      const principal = await authenticate(presentedKey(request.headers));
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

function presentedKey(headers: Headers): string {
  const bearer = headers.get("authorization");
  const key = headers.get("x-api-key");
  if (bearer !== null && key !== null) {
    throw new Problem("AUTH_AMBIGUOUS", "Cannot choose between Authorization and X-Api-Key");
  }
  const presented = key ?? /^bearer +([\x21-\x7e]+)$/i.exec(bearer ?? "")?.[1];
  if (presented === undefined) throw unauthorised("Cannot find an API key: send Authorization");
  if (presented.length > KEY_LENGTH_MAX) throw unauthorised("Cannot accept this API key");
  return presented;
}

function unauthorised(message: string): Problem {
  return new Problem("AUTH_REQUIRED", message, {
    headers: { "www-authenticate": 'Bearer realm="treeline"' },
  });
}
