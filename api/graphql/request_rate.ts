import type { Principal } from "../../domain/mod.ts";
import { RateLimiter } from "../../scoring/edge/mod.ts";
import { REQUESTS_BURST_MAX, REQUESTS_PER_SECOND_MAX, TENANT_RATE_SHARE } from "./limits.ts";

/** A key, or the keys of its tenant together, ask more often than they may. */
export class RateLimitedError extends Error {
  override readonly name = "RateLimitedError";
  /**
   * @param limit Name of the limit, as "REQUESTS_PER_SECOND_MAX".
   * @param retryAfterSeconds How long to wait before the next one.
   */
  constructor(
    readonly limit: string,
    readonly value: number,
    readonly retryAfterSeconds: number,
  ) {
    super(`Cannot run the request as it passes ${limit}: at most ${value}`);
  }
}

/** How often one key may ask; the keys of a tenant together `TENANT_RATE_SHARE` times as often. */
export interface RequestRate {
  /** Sustained. */
  readonly perSecond: number;
  /** At once, after a silence. */
  readonly burst: number;
}

/** Requests and operations of sockets, by who sends them. */
export class RequestRates {
  readonly #keys: RateLimiter;
  readonly #tenants: RateLimiter;

  /** @param now Wall clock, ms. */
  constructor(
    private readonly now: () => number,
    { perSecond, burst }: RequestRate = {
      perSecond: REQUESTS_PER_SECOND_MAX,
      burst: REQUESTS_BURST_MAX,
    },
  ) {
    this.#keys = new RateLimiter(perSecond, burst);
    this.#tenants = new RateLimiter(perSecond * TENANT_RATE_SHARE, burst * TENANT_RATE_SHARE);
  }

  /**
   * Counts one more.
   *
   * @throws {RateLimitedError}
   */
  take({ keyId, tenantId }: Principal): void {
    take(this.#keys, "REQUESTS_PER_SECOND_MAX", keyId, this.now());
    take(this.#tenants, "TENANT_REQUESTS_PER_SECOND_MAX", tenantId, this.now());
  }
}

function take(limiter: RateLimiter, limit: string, key: string, now: number): void {
  const seconds = limiter.take(key, now);
  if (seconds > 0) throw new RateLimitedError(limit, limiter.perSecond, seconds);
}
