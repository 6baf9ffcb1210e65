/** A worker in a real workerd process, gone after its use. */
export interface Workerd extends AsyncDisposable {
  readonly url: string;
}

const PLATFORM_PACKAGE = `@cloudflare/workerd-${Deno.build.os}-${
  Deno.build.arch === "x86_64" ? "64" : "arm64"
}`;

/** The binary: as TREELINE_WORKERD says, else in node_modules, else on the PATH. */
export const workerdBinary: string | undefined = findBinary();

/**
 * Serves the module `worker.js` of a folder, which may import its neighbours named in `modules`.
 */
export async function startWorkerd(
  binary: string,
  folder: string,
  modules: readonly string[],
): Promise<Workerd> {
  const config = `${folder}/config.capnp`;
  await Deno.writeTextFile(config, configOf(["worker.js", ...modules]));
  return await serveWorkerd(binary, config);
}

export interface WorkerdOptions {
  /** Further arguments of `workerd serve`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Serves a configuration whose one socket is on port 0. */
export async function serveWorkerd(
  binary: string,
  config: string,
  { args = [], env = {} }: WorkerdOptions = {},
): Promise<Workerd> {
  const child = new Deno.Command(binary, {
    args: ["serve", config, "--control-fd=1", ...args],
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream());
  const port = await listeningPort(lines);
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** workerd chooses a free port and tells it as a line of JSON. */
async function listeningPort(output: ReadableStream<string>): Promise<number> {
  let told = "";
  for await (const text of output) {
    told += text;
    const port = /"event":"listen".*?"port":(\d+)/.exec(told)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`workerd ended without listening: ${told}`);
}

function configOf(modules: readonly string[]): string {
  const embedded = modules.map((name) => {
    const kind = name.endsWith(".wasm") ? "wasm" : "esModule";
    return `(name = "${name}", ${kind} = embed "${name}")`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${embedded.join(", ")}],
  compatibilityDate = "2026-01-01",
);
`;
}

function findBinary(): string | undefined {
  const onPath = (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/workerd`);
  const named = Deno.env.get("TREELINE_WORKERD");
  const found = (named === undefined ? ["node_modules/.bin/workerd", ...onPath] : [named])
    .find(isFile);
  if (found === undefined) return undefined;
  // npm's own `workerd` is a script whose death leaves the process that it has started.
  const packaged = found.replace(/\.bin\/workerd$/, `${PLATFORM_PACKAGE}/bin/workerd`);
  return isFile(packaged) ? packaged : found;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
