import { type GatewayConfig, settingsText } from "../api/config.ts";
import { type GatewayKeys, KeyError, readKeys } from "../api/keys.ts";
import { createLog } from "../api/log.ts";
import { type Gateway, startGateway } from "../api/main.ts";
import { AddressInUseError } from "../api/serve.ts";
import type { Database } from "../domain/mod.ts";
import { DependencyError, EXIT, runTask, UsageError } from "./kit/mod.ts";
import { openMigratedDatabase, taskConfig } from "./open_database.ts";
import { untilAskedToEnd } from "./shutdown.ts";

const TASK = {
  name: "start",
  summary: "Runs the gateway with its in-process edge; settings come from the environment.",
  flags: {
    data: { kind: "text", placeholder: "DIR", help: "Folder, above TREELINE_DATA" },
    host: { kind: "text", placeholder: "HOST", help: "Address, above TREELINE_HOST" },
    port: { kind: "text", placeholder: "PORT", help: "Port, above TREELINE_PORT" },
  },
  examples: [
    "deno task start",
    "TREELINE_MODE=development deno task start -- --port 9000",
  ],
  epilogue: settingsText(),
} as const;

if (import.meta.main) {
  await runTask(TASK, async ({ flags }) => {
    const config = taskConfig({
      TREELINE_DATA: flags.data,
      TREELINE_HOST: flags.host,
      TREELINE_PORT: flags.port,
    });
    const keys = await installedKeys(config);
    const holder = `the gateway at http://${config.host}:${config.port}`;
    const database = await openMigratedDatabase(config, holder);
    const log = createLog(console.error, Date.now);
    const gateway = await started(
      config,
      database,
      keys,
      (error) => log("error", "Request or job failed", error),
    );
    log("info", `Gateway listens on ${gateway.url}`);
    await untilAskedToEnd();
    log("info", "Gateway ends");
    await gateway.close();
    return EXIT.ok;
  });
}

async function installedKeys({ dataDir, cursorSecret }: GatewayConfig): Promise<GatewayKeys> {
  try {
    return await readKeys(`${dataDir}/keys`, cursorSecret);
  } catch (error) {
    if (error instanceof KeyError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function started(
  config: GatewayConfig,
  database: Database,
  keys: GatewayKeys,
  report: (error: unknown) => void,
): Promise<Gateway> {
  try {
    return startGateway({ config, database, keys, report });
  } catch (error) {
    await database.close();
    if (error instanceof AddressInUseError) throw new DependencyError(error.message);
    throw error;
  }
}
