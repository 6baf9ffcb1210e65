import { freePort } from "./free_port.ts";
import type { Installation } from "./gateway_process.ts";
import { delay, RETRY_MS } from "./sender.ts";
import { startTask } from "./task_process.ts";

/** What senders present to it. */
export const SENDER_KEY = "q4Jt9ZxW1mB7uLr2Vd8KcYp5NfHs3AeG";

/** An edge as a process of its own that can be killed and started again on the same port. */
export interface RestartableEdge {
  readonly url: string;
  /** Starts it and waits until it is ready. */
  start(): Promise<void>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** @param settings Further settings of the edge. */
export function createEdgeProcess(
  { folder, edgeKey, publicKey }: Pick<Installation, "folder" | "edgeKey" | "publicKey">,
  gatewayUrl: string,
  settings: Readonly<Record<string, string>> = {},
): RestartableEdge {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    TREELINE_GATEWAY_URL: gatewayUrl,
    TREELINE_EDGE_KEY: edgeKey,
    TREELINE_TRUSTED_KEYS: publicKey,
    TREELINE_SENDER_KEY: SENDER_KEY,
    TREELINE_EDGE_DATA: `${folder}/edge`,
    TREELINE_EDGE_PORT: String(port),
    ...settings,
  };
  let task: ReturnType<typeof startTask> | undefined;
  const start = async () => {
    task = startTask("edge", [], env);
    await task.waitFor(/listens on/);
    await untilReady(url);
  };
  const kill = async () => {
    task?.kill("SIGKILL");
    await task?.ended;
  };
  return {
    url,
    start,
    kill,
    restart: async () => {
      await kill();
      await start();
    },
  };
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/readyz`);
    await response.body?.cancel();
    if (response.ok) return;
    await delay(RETRY_MS);
  }
}
