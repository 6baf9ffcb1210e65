import { startEdge } from "../api/edge.ts";
import { type EdgeConfig, edgeSettingsText, readEdgeConfig } from "../api/edge_config.ts";
import { ConfigError } from "../api/environment.ts";
import { createLog, type Log } from "../api/log.ts";
import { AddressInUseError } from "../api/serve.ts";
import { FileInUseError, FORWARDING_POLICIES } from "../scoring/edge/mod.ts";
import { DependencyError, EXIT, runTask, UsageError } from "./kit/mod.ts";
import { untilAskedToEnd } from "./shutdown.ts";

const TASK = {
  name: "edge",
  summary: "Runs an edge alone against a gateway; settings come from the environment.",
  flags: {
    gateway: { kind: "text", placeholder: "URL", help: "Above TREELINE_GATEWAY_URL" },
    data: { kind: "text", placeholder: "DIR", help: "Above TREELINE_EDGE_DATA" },
    port: { kind: "text", placeholder: "PORT", help: "Above TREELINE_EDGE_PORT" },
    "outbox-mb": { kind: "text", placeholder: "MB", help: "Above TREELINE_EDGE_OUTBOX_MB" },
    "volatile-mb": {
      kind: "text",
      placeholder: "MB",
      help: "Above TREELINE_EDGE_VOLATILE_MB",
    },
    forwarding: {
      kind: "text",
      placeholder: "POLICY",
      help: "Above TREELINE_EDGE_FORWARDING",
      choices: FORWARDING_POLICIES,
    },
    sources: { kind: "text", placeholder: "FILE", help: "Above TREELINE_SOURCES" },
  },
  examples: [
    "TREELINE_EDGE_KEY=tl_… TREELINE_TRUSTED_KEYS=… TREELINE_SENDER_KEY=… \\",
    "  deno task edge -- --gateway https://treeline.example",
  ],
  epilogue: edgeSettingsText(),
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags }) => {
    const config = configOf({
      TREELINE_GATEWAY_URL: flags.gateway,
      TREELINE_EDGE_DATA: flags.data,
      TREELINE_EDGE_PORT: flags.port,
      TREELINE_EDGE_OUTBOX_MB: flags["outbox-mb"],
      TREELINE_EDGE_VOLATILE_MB: flags["volatile-mb"],
      TREELINE_EDGE_FORWARDING: flags.forwarding,
      TREELINE_SOURCES: flags.sources,
    });
    const log = createLog(console.error, Date.now);
    const edge = await started(config, log);
    log("info", `Edge "${config.edgeId}" listens on ${edge.url}`);
    await untilAskedToEnd();
    log("info", "Edge ends");
    await edge.close();
    return EXIT.ok;
  });
}

function configOf(flags: Readonly<Record<string, string | undefined>>): EdgeConfig {
  try {
    return readEdgeConfig((name) => flags[name] ?? Deno.env.get(name));
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function started(config: EdgeConfig, log: Log) {
  try {
    return await startEdge(config, log);
  } catch (error) {
    if (error instanceof AddressInUseError || error instanceof FileInUseError) {
      throw new DependencyError(error.message);
    }
    throw error;
  }
}
