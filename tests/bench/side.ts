import process from "node:process";

/** What the bench knows of a server that it has started. */
export interface Side {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** CPU seconds that its process has used so far. */
  cpuSeconds(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a script beside this file as a process of its own, with the engine set as for the edge. */
export async function startSide(script: string, args: readonly string[]): Promise<Side> {
  const path = new URL(script, import.meta.url).pathname;
  const run = ["run", "-A", "--no-check", await edgeEngineFlags(), path, ...args];
  return await startProgram(script, Deno.execPath(), run);
}

/** As `deno task edge` sets it: peers are measured under the same. */
async function edgeEngineFlags(): Promise<string> {
  const { tasks } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  const [flags] = /--v8-flags=\S+/.exec(tasks.edge.command) ?? [];
  if (flags === undefined) throw new Error("Cannot find the flags of the task edge");
  return flags;
}

/** Starts a program that speaks as `serveSide` does. */
export async function startProgram(
  name: string,
  command: string,
  args: readonly string[],
): Promise<Side> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const questions = child.stdin.getWriter();
  const answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  // A line may come in pieces.
  let text = "";
  const answer = async () => {
    while (!text.includes("\n")) {
      const { value } = await answers.read();
      if (value === undefined) throw new Error(`Cannot measure ${name} as it has ended`);
      text += value;
    }
    const [line] = text.split("\n", 1);
    text = text.slice(line.length + 1);
    return line;
  };
  const [url, key = ""] = (await answer()).split(" ");
  return {
    name,
    url,
    headers: { "content-type": "application/json", "authorization": `Bearer ${key}` },
    cpuSeconds: async () => {
      await questions.write(new TextEncoder().encode("cpu\n"));
      return Number(await answer());
    },
    stop: async () => {
      child.kill("SIGKILL");
      await answers.cancel();
      await child.status;
    },
  };
}

/** In the started process: tells where it is served, then its CPU time whenever it is asked. */
export async function serveSide(url: string, key = ""): Promise<void> {
  console.log(`${url} ${key}`);
  for await (const _question of Deno.stdin.readable) {
    const { user, system } = process.cpuUsage();
    console.log((user + system) / 1e6);
  }
}
