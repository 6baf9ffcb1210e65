import { freePort } from "../free_port.ts";
import { delay } from "../sender.ts";
import { type RunningProgram, runningProgram } from "../senders/programs.ts";

/** Servers as a Debian system has them when their packages are installed. */
export const BROKERS = {
  mosquitto: "/usr/sbin/mosquitto",
  "nats-server": "/usr/sbin/nats-server",
  "redis-server": "/usr/bin/redis-server",
} as const;

/** Registers a test that needs a server; without it the test is skipped, and its name says so. */
export function testWithBroker(
  broker: keyof typeof BROKERS,
  name: string,
  run: () => Promise<void>,
): void {
  const ignore = !isFile(BROKERS[broker]);
  const title = ignore ? `${name} (skipped: ${broker} is not installed)` : name;
  Deno.test({ name: title, ignore }, run);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A server that keeps what it has on disk, and comes back to the same port. */
export interface Broker extends AsyncDisposable {
  readonly port: number;
  start(): Promise<void>;
  /** Lets it end in order, so that all that it has is on its disk. */
  stop(): Promise<void>;
  restart(): Promise<void>;
}

/** @param prepare Gives the program's arguments for a folder and a port. */
export async function startBroker(
  broker: keyof typeof BROKERS,
  prepare: (folder: string, port: number) => Promise<readonly string[]>,
): Promise<Broker> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-broker-" });
  const port = freePort();
  const args = await prepare(folder, port);
  let child: Deno.ChildProcess | undefined;
  let program: RunningProgram | undefined;
  const start = async () => {
    const command = new Deno.Command(BROKERS[broker], {
      args: [...args],
      cwd: folder,
      stdout: "piped",
      stderr: "piped",
    });
    child = command.spawn();
    program = runningProgram(child);
    await untilListening(port);
  };
  const stop = async () => {
    child?.kill("SIGTERM");
    await child?.status;
    child = undefined;
  };
  await start();
  return {
    port,
    start,
    stop,
    restart: async () => {
      await stop();
      await start();
    },
    async [Symbol.asyncDispose]() {
      if (child !== undefined) await program?.[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function untilListening(port: number): Promise<void> {
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await delay(20);
    }
  }
}

/** Runs a program on lines of input; throws what it says when it fails. */
export async function feed(
  program: string,
  args: readonly string[],
  lines: readonly string[],
): Promise<void> {
  const command = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const output = child.output();
  await new Blob([lines.join("\n") + "\n"]).stream().pipeTo(child.stdin);
  const { success, stderr } = await output;
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
