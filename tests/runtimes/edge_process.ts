import { freePort } from "../end_to_end/free_port.ts";
import { ROOT, startTask } from "../end_to_end/task_process.ts";
import { serveWorkerd } from "./workerd.ts";

/** A built edge in a process of its own, killed at its end. */
export interface EdgeProcess extends AsyncDisposable {
  readonly url: string;
}

export interface EdgeProcessOptions {
  /** Where the bundles were built. */
  readonly built: string;
  /** Where this edge keeps what it has. */
  readonly data: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** `deno task edge`, from its sources. */
export async function startDenoEdge({ data, settings }: EdgeProcessOptions): Promise<EdgeProcess> {
  const port = freePort();
  const task = startTask("edge", [], {
    ...settings,
    TREELINE_EDGE_DATA: data,
    TREELINE_EDGE_PORT: String(port),
  });
  await task.waitFor(/listens on/);
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      task.kill("SIGKILL");
      await task.ended;
    },
  };
}

/** Deno Deploy's module under `deno serve`, which may read and write nothing. */
export async function startDeployEdge({ settings }: EdgeProcessOptions): Promise<EdgeProcess> {
  const port = freePort();
  const options = ["--allow-env", "--allow-net", "--no-lock", `--port=${port}`];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["serve", "--quiet", "--no-check", ...options, `${ROOT}/deploy/deno_deploy/main.ts`],
    env: { ...settings },
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url);
  return ended(url, child);
}

/** Node with the built bundle. */
export async function startNodeEdge(options: EdgeProcessOptions): Promise<EdgeProcess> {
  const { built, data, settings } = options;
  const port = freePort();
  const child = new Deno.Command("node", {
    args: ["--no-warnings", `${built}/node.mjs`],
    env: { ...settings, TREELINE_EDGE_DATA: data, TREELINE_EDGE_PORT: String(port) },
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url);
  return ended(url, child);
}

/** workerd with the built bundle and its shipped configuration. */
export async function startWorkerdEdge(
  binary: string,
  { built, data, settings }: EdgeProcessOptions,
): Promise<EdgeProcess> {
  await Deno.mkdir(data, { recursive: true });
  const args = ["--socket-addr=http=127.0.0.1:0", `--directory-path=disk=${data}`];
  return await serveWorkerd(binary, `${built}/config.capnp`, { args, env: settings });
}

/** Puts the package `libsql` beside Node's bundle, as `npm install libsql` would. */
export async function installLibsql(built: string): Promise<void> {
  const platform = `@libsql/linux-${Deno.build.arch === "x86_64" ? "x64" : "arm64"}-gnu`;
  const packages = [
    ["libsql", "0.5.29"],
    [platform, "0.5.29"],
    ["@neon-rs/load", "0.0.4"],
    ["detect-libc", "2.0.2"],
  ];
  for (const [name, version] of packages) {
    const target = `${built}/node_modules/${name}`;
    const { success, stderr } = await new Deno.Command("sh", {
      args: [
        "-c",
        'mkdir -p "$2" && cp -r "$1/." "$2"',
        "sh",
        await packageFolder(name, version),
        target,
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
}

/** Where Deno keeps a package that has been loaded before. */
async function packageFolder(name: string, version: string): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  for await (const registry of Deno.readDir(npmCache)) {
    const folder = `${npmCache}/${registry.name}/${name}/${version}`;
    if (await Deno.stat(folder).then(() => true, () => false)) return folder;
  }
  throw new Error(`Deno has not loaded ${name} ${version}`);
}

async function untilAnswers(url: string): Promise<void> {
  for (let tries = 0; tries < 3_000; tries++) {
    try {
      const response = await fetch(`${url}/livez`);
      await response.body?.cancel();
      return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  throw new Error(`Nothing listens at ${url}`);
}

function ended(url: string, child: Deno.ChildProcess): EdgeProcess {
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
