import { LruMap } from "../ingest/mod.ts";

/** Keys whose buckets are remembered; one that was forgotten starts full. */
const KEYS_MAX = 10_000;

interface Bucket {
  tokens: number;
  /** When `tokens` was true, ms. */
  at: number;
}

/** Token buckets, one a key: `burst` at once, then `perSecond`. */
export class RateLimiter {
  readonly #buckets = new LruMap<string, Bucket>(KEYS_MAX);

  constructor(readonly perSecond: number, readonly burst: number) {}

  /** Takes a token; gives the seconds to wait when there is none, or 0. */
  take(key: string, now: number): number {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, bucket = { tokens: this.burst, at: now });
    // A wall clock that was set back must not drain the bucket.
    const elapsedMs = Math.max(0, now - bucket.at);
    bucket.tokens = Math.min(this.burst, bucket.tokens + elapsedMs * this.perSecond / 1_000);
    bucket.at = now;
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / this.perSecond));
    bucket.tokens--;
    return 0;
  }
}
