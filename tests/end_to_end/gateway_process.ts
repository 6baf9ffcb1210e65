import { createKeys } from "../../api/keys.ts";
import { openDatabase } from "../../domain/mod.ts";
import { migrateUp } from "../../migrations/mod.ts";
import { addApiKey, addTenant } from "../../scripts/admin/actions.ts";
import { type RunningTask, startTask } from "./task_process.ts";

export { freePort } from "./free_port.ts";

const TENANT = "tests";

/** An installation in a folder: keys, tables, a replay tenant and its key. */
export interface Installation {
  readonly folder: string;
  readonly tenantId: string;
  readonly key: string;
  /** Of the role edge. */
  readonly edgeKey: string;
  /** By which edges know what the gateway has signed. */
  readonly publicKey: string;
}

/** Sets an installation up in an empty folder. */
export async function install(folder: string): Promise<Installation> {
  const publicKey = await createKeys(`${folder}/keys`);
  const database = await openInstalled(folder);
  try {
    await database.migrate(migrateUp);
    const tenant = await addTenant(database, { name: TENANT, clockMode: "replay" });
    const { secret } = await addApiKey(database, TENANT, { name: "test", role: "engineer" });
    const edge = await addApiKey(database, TENANT, { name: "edge", role: "edge" });
    return { folder, tenantId: tenant.id, key: secret, edgeKey: edge.secret, publicKey };
  } finally {
    await database.close();
  }
}

/** The installation's database, which no gateway may have open. */
export function openInstalled(folder: string) {
  return openDatabase({ url: `file:${folder}/treeline.db`, now: Date.now, holder: "a test" });
}

/** A gateway as a process of its own that can be killed and started again on the same port. */
export interface GatewayProcess {
  readonly url: string;
  /** Starts it and waits until it is ready. */
  start(): Promise<void>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end and gives its exit code. */
  stop(): Promise<number>;
}

export function createGatewayProcess(folder: string, port: number): GatewayProcess {
  const url = `http://127.0.0.1:${port}`;
  let task: RunningTask | undefined;
  const end = async (signal: Deno.Signal) => {
    task?.kill(signal);
    const code = await task?.ended;
    task = undefined;
    return code ?? 0;
  };
  return {
    url,
    start: async () => {
      task = startTask("start", ["--data", folder, "--port", String(port)]);
      await task.waitFor(/Gateway listens on/);
    },
    kill: async () => {
      await end("SIGKILL");
    },
    stop: () => end("SIGTERM"),
  };
}
