import { type EdgePrincipal, Problem } from "../../scoring/edge/mod.ts";

/** How many streams may be open at once. */
export interface StreamLimits {
  readonly perKeyMax: number;
  readonly perTenantMax: number;
}

/**
 * An edge holds one. A key for a whole fleet of sites fits; what opens more leaks them, and each
 * stream follows the event log.
 */
export const STREAM_LIMITS: StreamLimits = { perKeyMax: 250, perTenantMax: 1_000 };

/** An edge asks for assignments by itself meanwhile. */
const RETRY_SECONDS = 30;

/** Counts the streams that are open, by key and by tenant. */
export class OpenStreams {
  readonly #limits: StreamLimits;
  readonly #keys = new Map<string, number>();
  readonly #tenants = new Map<string, number>();

  constructor(limits: StreamLimits = STREAM_LIMITS) {
    this.#limits = limits;
  }

  /**
   * Counts one more, until the function that it returns is called.
   *
   * @throws {Problem} `STREAMS_TOO_MANY`
   */
  open({ keyId, tenantId }: EdgePrincipal): () => void {
    const { perKeyMax, perTenantMax } = this.#limits;
    checkFree(this.#keys, keyId, perKeyMax, "key");
    checkFree(this.#tenants, tenantId, perTenantMax, "tenant");
    addTo(this.#keys, keyId, 1);
    addTo(this.#tenants, tenantId, 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      addTo(this.#keys, keyId, -1);
      addTo(this.#tenants, tenantId, -1);
    };
  }
}

function checkFree(
  counts: ReadonlyMap<string, number>,
  id: string,
  limit: number,
  owner: "key" | "tenant",
): void {
  if ((counts.get(id) ?? 0) < limit) return;
  const message = `Cannot open another stream as this ${owner} may have ${limit}`;
  const headers = { "retry-after": String(RETRY_SECONDS) };
  throw new Problem("STREAMS_TOO_MANY", message, { limit, headers });
}

function addTo(counts: Map<string, number>, id: string, by: number): void {
  const count = (counts.get(id) ?? 0) + by;
  if (count === 0) counts.delete(id);
  else counts.set(id, count);
}
