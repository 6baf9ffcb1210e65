import { type EdgeConfig, readEdgeConfig } from "../api/edge_config.ts";
import { ConfigError, type Environment } from "../api/environment.ts";
import { createLog } from "../api/log.ts";
import { senderKeyCheck } from "../api/sender_key.ts";
import { importTrustedKeys } from "../scoring/bundle/mod.ts";
import { createGatewayClient } from "../scoring/edge/standalone/gateway_client.ts";

const SOURCES = "TREELINE_SOURCES";

/** What every runtime's edge is made with, by the settings of `deno task edge`. */
export async function sharedOptions(env: Environment) {
  if (env(SOURCES)) {
    throw new ConfigError(
      SOURCES,
      `Cannot use ${SOURCES} here: only \`deno task edge\` has sources`,
    );
  }
  const config: EdgeConfig = readEdgeConfig(env);
  const log = createLog((line) => console.log(line), Date.now);
  return {
    config,
    log: (
      level: Parameters<typeof log>[0],
      message: string,
      fields: Readonly<Record<string, unknown>>,
    ) => log(level, message, undefined, fields),
    onError: (error: unknown) => log("error", "Edge has failed", error),
    gateway: createGatewayClient({
      url: config.gatewayUrl,
      key: config.gatewayKey,
      // Called as a method of something else, some runtimes' fetch refuses.
      fetch: (input, init) => fetch(input, init),
    }),
    edgeId: config.edgeId,
    trustedKeys: await importTrustedKeys(config.trustedKeys),
    authenticate: await senderKeyCheck(config.senderKey),
    now: Date.now,
    newId: () => crypto.randomUUID(),
    outboxBytesMax: config.outboxBytesMax,
    diskBytesMax: config.volatileBytesMax ?? config.diskBytesMax,
    forwarding: config.forwarding,
  };
}
