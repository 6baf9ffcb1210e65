import { assert, assertEquals } from "@std/assert";
import { SENDER_KEY, startGatewayStub } from "../runtimes/gateway_stub.ts";
import { type Attack, attacks } from "./attack_bodies.ts";
import { freePort } from "./free_port.ts";
import { install } from "./gateway_process.ts";
import { type RunningTask, startTask } from "./task_process.ts";

const ROUTES = [
  "/v1/telemetry",
  "/v1/score",
  "/api/v1/write",
  "/v1/metrics",
  "/write",
  "/api/v2/write",
  "/anomaly",
  "/v1/mapping/dry-run",
  "/query",
  "/graphql",
];

/** VmHWM that no attack may make a server pass. */
const PEAK_BYTES_MAX = 256 * 1024 ** 2;

const ignore = Deno.build.os !== "linux";

Deno.test({ name: "an edge under attack stays below 256 MB, without faults", ignore }, async () => {
  await using stub = await startGatewayStub();
  await inFolder(async (folder) => {
    const port = freePort();
    const task = startTask("edge", [], {
      ...stub.settings,
      TREELINE_EDGE_DATA: folder,
      TREELINE_EDGE_PORT: String(port),
    });
    await attack(task, port, SENDER_KEY);
  });
});

Deno.test(
  { name: "a gateway under attack stays below 256 MB, without faults", ignore },
  async () => {
    await inFolder(async (folder) => {
      const { key } = await install(folder);
      const port = freePort();
      await attack(startTask("start", ["--data", folder, "--port", String(port)]), port, key);
    });
  },
);

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function attack(task: RunningTask, port: number, key: string): Promise<void> {
  try {
    await task.waitFor(/listens on/);
    const faults: string[] = [];
    for (const each of attacks()) {
      for (const path of ROUTES) {
        const answers = await send(each, `http://127.0.0.1:${port}${path}`, key);
        faults.push(...answers.filter(isFault).map((answer) => `${each.name} ${path}: ${answer}`));
      }
    }
    assertEquals(faults, []);
    const bytes = peakBytes(task.pid);
    assert(bytes < PEAK_BYTES_MAX, `VmHWM was ${Math.round(bytes / 1024 ** 2)} MB`);
  } finally {
    task.kill("SIGKILL");
    await task.ended;
  }
}

/** The status of each answer, with what it says of a new try; "cut" where the server hung up. */
function send({ contentType, encoding, body, count = 1 }: Attack, url: string, key: string) {
  const headers = {
    authorization: `Bearer ${key}`,
    "content-type": contentType,
    ...encoding === undefined ? {} : { "content-encoding": encoding },
  };
  return Promise.all(Array.from({ length: count }, async () => {
    try {
      const response = await fetch(url, { method: "POST", headers, body: body() });
      await response.body?.cancel();
      return `${response.status} ${response.headers.get("retry-after") ?? ""}`.trim();
    } catch (error) {
      // A server may refuse while a sender still sends.
      if (error instanceof TypeError) return "cut";
      throw error;
    }
  }));
}

/** Overload is told by 503 and when to try again. */
function isFault(answer: string): boolean {
  return answer.startsWith("5") && !/^503 \d+$/.test(answer);
}

function peakBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
}
