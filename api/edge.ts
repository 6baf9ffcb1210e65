import { importTrustedKeys } from "../scoring/bundle/mod.ts";
import { createGatewayClient, createStandaloneEdge, edgeSources } from "../scoring/edge/mod.ts";
import { openSqlite } from "../scoring/edge/platform/deno.ts";
import { IN_MEMORY } from "../scoring/edge/platform/sqlite_file.ts";
import { sourceOpener } from "../scoring/edge/platform/sources/open.ts";
import type { EdgeConfig } from "./edge_config.ts";
import type { Log } from "./log.ts";
import { senderKeyCheck } from "./sender_key.ts";
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
 * @param log Gets what senders are not told.
 * @throws {AddressInUseError} When the port is taken.
 * @throws {FileInUseError} When another edge has the folder.
 */
export async function startEdge(
  config: EdgeConfig,
  log: Log,
): Promise<RunningEdge> {
  const isVolatile = config.volatileBytesMax !== undefined;
  if (!isVolatile) await Deno.mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const onError = (error: unknown) => log("error", "Edge has failed", error);
  const edge = createStandaloneEdge({
    database: openSqlite(isVolatile ? IN_MEMORY : `${config.dataDir}/edge.db`),
    gateway: createGatewayClient({ url: config.gatewayUrl, key: config.gatewayKey, fetch }),
    edgeId: config.edgeId,
    trustedKeys: await importTrustedKeys(config.trustedKeys),
    authenticate: await senderKeyCheck(config.senderKey),
    now: Date.now,
    newId: () => crypto.randomUUID(),
    onError,
    log: (level, message, fields) => log(level, message, undefined, fields),
    outboxBytesMax: config.outboxBytesMax,
    diskBytesMax: config.volatileBytesMax ?? config.diskBytesMax,
    forwarding: config.forwarding,
    openSources: edgeSources(
      config.sources.map((each) => ({ config: each, open: sourceOpener(each, Date.now) })),
      Math.random,
    ),
  });
  const served = serve((request) => edge.app.fetch(request), config);
  const stop = new AbortController();
  const running = edge.run(stop.signal);
  return {
    url: served.url,
    async close() {
      stop.abort();
      await Promise.all([served.close(DRAIN_MS), running]);
      // What waits is gone otherwise.
      if (isVolatile) await edge.sync().catch(onError);
      edge.close();
    },
  };
}
