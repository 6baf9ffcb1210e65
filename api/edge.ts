import { importTrustedKeys } from "../scoring/bundle/mod.ts";
import {
  type Authenticate,
  createGatewayClient,
  createStandaloneEdge,
} from "../scoring/edge/mod.ts";
import { openSqlite } from "../scoring/edge/platform/deno.ts";
import type { EdgeConfig } from "./edge_config.ts";
import { serve } from "./serve.ts";

/** How long requests under way get at the end. */
const DRAIN_MS = 5_000;

/** An edge that runs by itself. */
export interface RunningEdge {
  /** As "http://127.0.0.1:8100". */
  readonly url: string;
  /** Lets requests finish, stops syncing, closes the edge's file. */
  close(): Promise<void>;
}

/**
 * Runs an edge alone: it takes and judges points whether its gateway is there or not, and syncs.
 *
 * @param report Gets what senders are not told.
 * @throws {AddressInUseError} When the port is taken.
 */
export async function startEdge(
  config: EdgeConfig,
  report: (error: unknown) => void,
): Promise<RunningEdge> {
  await Deno.mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const edge = createStandaloneEdge({
    database: openSqlite(`${config.dataDir}/edge.db`),
    gateway: createGatewayClient({ url: config.gatewayUrl, key: config.gatewayKey, fetch }),
    edgeId: config.edgeId,
    trustedKeys: await importTrustedKeys(config.trustedKeys),
    authenticate: await senderKeyCheck(config.senderKey),
    now: Date.now,
    newId: () => crypto.randomUUID(),
    onError: report,
  });
  const served = serve((request) => edge.app.fetch(request), config);
  const stop = new AbortController();
  const running = edge.run(stop.signal);
  return {
    url: served.url,
    async close() {
      await served.close(DRAIN_MS);
      stop.abort();
      await running;
      edge.close();
    },
  };
}

/** Who presents the configured key is the edge's own sender. Digests are compared in constant time. */
async function senderKeyCheck(senderKey: string): Promise<Authenticate> {
  const expected = await digest(senderKey);
  return async (key) => {
    const presented = await digest(key);
    let difference = 0;
    for (let i = 0; i < expected.length; i++) difference |= expected[i] ^ presented[i];
    if (difference !== 0) return undefined;
    return { tenantId: "local", keyId: "sender", role: "edge" };
  };
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
